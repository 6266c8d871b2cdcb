import { type Backoff, backoffMs } from './backoff.ts'
import { batchOf } from './batches.ts'
import { startTimer } from './platform.ts'
import { type Post, requestFor, tryOnce } from './post-batch.ts'
import { SendError } from './send-error.ts'
import type { SendTotals } from './sender.ts'
import type { Warnings } from './warnings.ts'

export interface DeliveryOptions {
  readonly post: Post
  readonly backoff: Backoff
  readonly random: () => number
  readonly warnings: Warnings
  readonly signal: AbortSignal
  /** Told of each request that has to be tried again. */
  readonly onRetry: () => void
}

export interface Delivery {
  /**
   * Tries until the server has committed or refused every line.
   * @returns how many were refused   @throws the signal's reason when aborted
   */
  deliver(lines: readonly string[]): Promise<number>
  /** Tries at once if it is pausing of its own accord; a pause that the server asked for is kept. */
  hurry(): void
}

/** Refused for what the request says or how large it is. Any other refusal is of its way (a key, an address, a Host) and may be put right. */
const REFUSALS_OF_CONTENT: ReadonlySet<number | undefined> = new Set([400, 413, 422])

export function createDelivery({
  post,
  backoff,
  random,
  warnings,
  signal,
  onRetry,
}: DeliveryOptions): Delivery {
  let hurry: (() => void) | undefined

  const waitMs = (ms: number, isAsked: boolean) =>
    new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        hurry = undefined
        settle()
      }
      const onAbort = end(() => reject(signal.reason))
      const onTime = end(resolve)
      const timer = startTimer(onTime, ms)
      signal.addEventListener('abort', onAbort, { once: true })
      if (!isAsked) hurry = onTime
    })

  const retry = async (attempt: number, reason: string, retryAfterMs?: number) => {
    onRetry()
    warnings.warn('delivery', `${post.url}: ${reason}; it is tried again until it goes well`)
    const ownMs = backoffMs(backoff, attempt, random)
    await waitMs(Math.max(ownMs, retryAfterMs ?? 0), retryAfterMs !== undefined)
  }

  const deliver = async (lines: readonly string[]): Promise<number> => {
    const batch = batchOf(lines)
    const request = await requestFor(post, batch)
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await tryOnce(post, batch, request, signal)
        if ('totals' in result) {
          warnings.over('delivery')
          return countRefused(result.totals)
        }
        await retry(attempt, result.reason, result.retryAfterMs)
      } catch (error) {
        if (!(error instanceof SendError)) throw error
        if (!REFUSALS_OF_CONTENT.has(error.status)) await retry(attempt, error.message)
        else if (lines.length > 1) return await deliverHalves(lines)
        else {
          warnings.warn('rejected', error.message)
          return 1
        }
      }
    }
  }

  // One line that the server cannot read, or a proxy that takes less, must not cost the others.
  const deliverHalves = async (lines: readonly string[]) => {
    const middle = Math.ceil(lines.length / 2)
    return (await deliver(lines.slice(0, middle))) + (await deliver(lines.slice(middle)))
  }

  const countRefused = ({ rejectedCount, rejected: [first] }: SendTotals): number => {
    if (rejectedCount === 0) warnings.over('rejected')
    else
      warnings.warn(
        'rejected',
        `${rejectedCount} refused; the first: ${first?.pointer ?? ''} ${first?.reason ?? ''}`,
      )
    return rejectedCount
  }

  return { deliver, hurry: () => hurry?.() }
}
