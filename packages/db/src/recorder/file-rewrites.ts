import { setTimeout as delay } from 'node:timers/promises'
import type { DeletionReceipt } from '../deletions.ts'
import { StorageUnavailableError } from '../errors.ts'
import { rewriteFile } from '../sqlite/rewrite.ts'
import type { WriterPort } from './commands.ts'

/** How long nothing must have been recorded before the file is rewritten. */
export const REWRITE_QUIET_MS = 2_000
/** At the latest so long after a deletion the file is rewritten, quiet or not. */
export const REWRITE_WITHIN_MS = 15 * 60_000

export interface FileRewritesOptions {
  readonly port: WriterPort
  readonly now: () => number
  readonly quietMs: number
  /** How long nothing was recorded, in milliseconds. */
  readonly idleMs: () => number
  /**
   * Derives what is marked, waits for the group that is being committed, and lets no other begin. When it
   * fails, everything goes on as before.
   */
  readonly pause: () => Promise<void>
  readonly resume: () => void
}

/**
 * Rewrites the database file after deletions: once for many of them, at a quiet moment or when it has to be.
 * Only then is nothing left of what was deleted, in the free space of pages or in the write-ahead log.
 */
export class FileRewrites {
  readonly #options: FileRewritesOptions
  #pending: DeletionReceipt[] = []
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(options: FileRewritesOptions) {
    this.#options = options
  }

  /** Settled while the file is rewritten. */
  get running(): Promise<void> | undefined {
    return this.#running
  }

  add(receipts: readonly DeletionReceipt[]): void {
    this.#pending.push(...receipts)
    this.#schedule()
  }

  /**
   * Makes all deletions so far final now.
   * @throws {StorageUnavailableError} the database refuses it; it is tried again
   */
  async finalise(): Promise<void> {
    await this.#running?.catch(() => undefined)
    if (this.#pending.length > 0) await this.#rewrite()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#running?.catch(() => undefined)
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#pending.length === 0 || this.#isClosed) return
    const { now, quietMs, idleMs } = this.#options
    const mustByMs = Math.min(...this.#pending.map(({ final_by_ms }) => final_by_ms)) - now()
    const waitMs = Math.max(0, Math.min(quietMs - idleMs(), mustByMs))
    this.#timer = setTimeout(() => this.#tryNow(), waitMs).unref()
  }

  #tryNow(): void {
    const { now, quietMs, idleMs } = this.#options
    const isDue = this.#pending.some(({ final_by_ms }) => final_by_ms <= now())
    if (!isDue && idleMs() < quietMs) {
      this.#schedule()
      return
    }
    // A rewrite that fails is tried again after the same pause; the deletions stay pending.
    this.finalise().catch(() => {
      this.#timer = setTimeout(() => this.#tryNow(), quietMs).unref()
    })
  }

  #rewrite(): Promise<void> {
    clearTimeout(this.#timer)
    this.#running = this.#rewriteFile().finally(() => {
      this.#running = undefined
      this.#schedule()
    })
    return this.#running
  }

  async #rewriteFile(): Promise<void> {
    const { port, now, pause, resume } = this.#options
    // A deletion that is added from here on needs another rewrite.
    const receipts = [...this.#pending]
    await pause()
    try {
      await rewriteFile(port.path)
    } finally {
      resume()
    }
    await truncateLog(port)
    await port.call(
      'finaliseDeletions',
      receipts.map(({ receipt_id }) => receipt_id),
      now(),
    )
    this.#pending = this.#pending.filter((receipt) => !receipts.includes(receipt))
  }
}

const TRUNCATE_MS_MAX = 30_000
const TRUNCATE_EVERY_MS = 20

/** @throws {StorageUnavailableError} a reader kept an old state for half a minute */
async function truncateLog(port: WriterPort): Promise<void> {
  const endMs = performance.now() + TRUNCATE_MS_MAX
  while (!(await port.call('truncateLog'))) {
    if (performance.now() >= endMs) {
      throw new StorageUnavailableError('SQLITE_BUSY', new Error('a reader keeps the write-ahead log'))
    }
    await delay(TRUNCATE_EVERY_MS)
  }
}
