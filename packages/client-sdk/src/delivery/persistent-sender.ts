import { startPause } from '../shared/retry.ts'
import { startTimer } from '../shared/timer.ts'
import type { Warnings } from '../shared/warnings.ts'
import { batchOf } from './batches.ts'
import { type Failure, type Post, postBatch } from './post-batch.ts'
import { SendError } from './send-error.ts'
import type { SendTotals } from './send-totals.ts'

export interface PersistentSenderOptions {
  readonly post: Post
  readonly warnings: Warnings
  readonly signal: AbortSignal
  /** Called before each request that is sent again. */
  readonly onRetry: () => void
}

/**
 * Statuses that refuse a request for its content or size. Every other refusal has a cause outside of the
 * content (key, address, host) that somebody may correct, so it is retried.
 */
const REFUSALS_OF_CONTENT: ReadonlySet<number | undefined> = new Set([400, 413, 422])

/** Sends lines without a bound on the attempts, until the server has committed or rejected each of them. */
export class PersistentSender {
  readonly #options: PersistentSenderOptions
  #endPause: (() => void) | undefined

  constructor(options: PersistentSenderOptions) {
    this.#options = options
  }

  /** @returns how many lines were rejected   @throws the signal's reason when aborted */
  async send(lines: readonly string[]): Promise<number> {
    const { post, signal, warnings } = this.#options
    try {
      const totals = await postBatch(post, batchOf(lines), signal, (failure, { delayMs }) =>
        this.#beforeRetry(failure, delayMs),
      )
      warnings.over('delivery')
      return this.#countRejected(totals)
    } catch (error) {
      if (!(error instanceof SendError)) throw error
      if (lines.length > 1) return await this.#sendHalves(lines)
      warnings.warn('rejected', error.message)
      return 1
    }
  }

  /** Ends the pause before the next attempt, unless the server asked for that pause. */
  hurry(): void {
    this.#endPause?.()
  }

  async #beforeRetry({ reason, status, retryAfterMs }: Failure, delayMs: number): Promise<void> {
    const { post, signal, warnings, onRetry } = this.#options
    if (REFUSALS_OF_CONTENT.has(status)) throw new SendError('refused', `${post.url} ${reason}`, { status })
    onRetry()
    warnings.warn('delivery', `${post.url}: ${reason}; the request is repeated until it succeeds`)
    const pause = startPause(delayMs, signal, startTimer)
    if (retryAfterMs === undefined) this.#endPause = pause.end
    try {
      await pause.ended
    } finally {
      this.#endPause = undefined
    }
  }

  /**
   * One line that the server cannot read, or a proxy with a smaller size limit, must not block the other
   * lines.
   */
  async #sendHalves(lines: readonly string[]): Promise<number> {
    const middle = Math.ceil(lines.length / 2)
    return (await this.send(lines.slice(0, middle))) + (await this.send(lines.slice(middle)))
  }

  #countRejected({ rejectedCount, rejected: [first] }: SendTotals): number {
    const { warnings } = this.#options
    if (rejectedCount === 0) warnings.over('rejected')
    else {
      const reason = `${first?.pointer ?? ''} ${first?.reason ?? ''}`
      warnings.warn('rejected', `${rejectedCount} observations were rejected; the first: ${reason}`)
    }
    return rejectedCount
  }
}
