import { startTimer } from '../shared/timer.ts'
import type { Warnings } from '../shared/warnings.ts'
import { DiskCopy } from './disk-copy.ts'
import { type Entry, EntryQueue, type EntryQueueBounds } from './entry-queue.ts'
import { PersistentSender } from './persistent-sender.ts'
import type { Post } from './post-batch.ts'
import type { Spool } from './spool.ts'
import type { ClientStats } from './stats.ts'

export interface SendQueueOptions extends EntryQueueBounds {
  readonly post: Post
  readonly warnings: Warnings
  readonly signal: AbortSignal
  readonly stats: ClientStats
  readonly spool: Spool | undefined
  readonly batchDelayMs: number
}

/** Added to the time of the next replay, as file systems round their timestamps. */
const REPLAY_MARGIN_MS = 50

type Timer = ReturnType<typeof setTimeout>

/**
 * Collects lines in memory, with a copy on disk where there is a spool, and sends them in batches, one at a
 * time.
 */
export class SendQueue {
  readonly #options: SendQueueOptions
  readonly #sender: PersistentSender
  readonly #disk: DiskCopy | undefined
  readonly #queue: EntryQueue
  /** Entries of the request that is being sent. */
  #inFlight: readonly Entry[] = []
  #timer: { id: Timer; delayMs: number } | undefined
  #replayTimer: Timer | undefined
  #isRunning = false
  #isReplayDue = false
  // Counters instead of "is empty", so that `settled` does not wait for lines that are pushed after it was
  // called.
  #pushedCount = 0
  #settledCount = 0
  #replaysRequested = 0
  #replaysDone = 0
  #waiting: { isOver: () => boolean; resolve: () => void }[] = []

  constructor(options: SendQueueOptions) {
    const { stats, spool, warnings } = options
    const onRetry = () => {
      stats.retried += 1
    }
    const onLeft = () => {
      if (!this.#isReplayDue) this.#requestReplay()
    }
    this.#options = options
    this.#sender = new PersistentSender({ ...options, onRetry })
    this.#disk = spool && new DiskCopy({ spool, stats, warnings, onLeft })
    this.#queue = new EntryQueue(options)
  }

  /** Adds a line; does no I/O before the end of the tick. */
  push(line: string): Entry {
    const { stats, spool, batchItemsMax, batchDelayMs } = this.#options
    const isFull = !this.#queue.hasRoomFor(line)
    const entry: Entry = { line, taken: isFull, segments: undefined, isOverflow: isFull }
    stats.recorded += 1
    if (isFull && !spool) {
      this.#drop(`the queue is full (${this.#queue.length} observations), so new ones are dropped`)
      return entry
    }
    stats.queued += 1
    this.#disk?.keep(entry)
    if (isFull) return entry
    this.#queue.add(entry)
    this.#pushedCount += 1
    this.#schedule(this.#queue.length >= batchItemsMax ? 0 : batchDelayMs)
    return entry
  }

  /** Replaces a line that has not been sent yet. @returns false when it has */
  replace(entry: Entry, line: string): boolean {
    if (entry.taken) return false
    this.#queue.replaceLine(entry, line)
    this.#disk?.keep(entry)
    return true
  }

  /**
   * Resolves when all lines pushed before have been committed or rejected, or the client is closed; never
   * rejects.
   */
  settled(): Promise<void> {
    this.#disk?.write()
    const [pushed, requested] = [this.#pushedCount, this.#replaysRequested]
    const isOver = () => this.#settledCount >= pushed && this.#replaysDone >= requested
    if (isOver() || this.#options.signal.aborted) return Promise.resolve()
    this.#schedule(0)
    this.#sender.hurry()
    return new Promise((resolve) => this.#waiting.push({ isOver, resolve }))
  }

  /** Sends what earlier processes left on the disk, after the lines that are queued. */
  replay(): void {
    this.#requestReplay()
    this.#schedule(0)
  }

  /** Leaves the lines that are not settled on the disk, or drops them where there is no spool. */
  close(): void {
    clearTimeout(this.#timer?.id)
    clearTimeout(this.#replayTimer)
    this.#disk?.write()
    for (const { segments } of [...this.#inFlight, ...this.#queue.takeAll()])
      this.#leave(segments !== undefined)
    this.#inFlight = []
    this.#resolveWaiting()
    this.#disk?.close()
  }

  #leave(isOnDisk: boolean): void {
    const { stats } = this.#options
    stats.queued -= 1
    if (isOnDisk) stats.leftOnDisk += 1
    else this.#drop('the client was closed before everything was sent; call flush() first, or use a spool')
  }

  #drop(reason: string): void {
    this.#options.stats.dropped += 1
    this.#options.warnings.warn('dropped', reason)
  }

  #requestReplay(): void {
    this.#isReplayDue = true
    this.#replaysRequested += 1
    this.#schedule(this.#options.batchDelayMs)
  }

  #schedule(delayMs: number): void {
    if (this.#isRunning || this.#options.signal.aborted) return
    // An earlier timer stays: if each new line restarted it, a steady flow of lines would never be sent.
    if (this.#timer !== undefined && this.#timer.delayMs <= delayMs) return
    clearTimeout(this.#timer?.id)
    this.#timer = { id: startTimer(() => void this.#run(), delayMs), delayMs }
  }

  async #run(): Promise<void> {
    const { signal, warnings, batchDelayMs } = this.#options
    this.#timer = undefined
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      await this.#drain()
      if (this.#isReplayDue) await this.#replayDisk()
    } catch (error) {
      // Failed requests are repeated and rejected lines are counted, so this is the abort of a closed
      // client.
      if (!signal.aborted) warnings.warn('delivery', String(error))
    } finally {
      this.#isRunning = false
    }
    this.#resolveWaiting()
    if (this.#queue.length > 0 || this.#isReplayDue) this.#schedule(batchDelayMs)
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#inFlight = this.#queue.takeBatch()
      const rejected = await this.#sender.send(this.#inFlight.map(({ line }) => line))
      this.#settle(this.#inFlight, rejected)
      this.#inFlight = []
      this.#options.warnings.over('dropped')
      this.#resolveWaiting()
    }
  }

  #settle(entries: readonly Entry[], rejected: number): void {
    const { stats } = this.#options
    stats.sent += entries.length - rejected
    stats.rejected += rejected
    stats.queued -= entries.length
    for (const entry of entries) this.#disk?.settle(entry)
    this.#settledCount += entries.length
  }

  async #replayDisk(): Promise<void> {
    const { signal, warnings } = this.#options
    const spool = this.#options.spool!
    this.#isReplayDue = false
    const requested = this.#replaysRequested
    spool.release()
    try {
      const send = (lines: readonly string[]) => this.#sendReplayed(lines)
      const warn = (message: string) => warnings.warn('unreadable', message)
      this.#replayAgainIn(await spool.replay(send, signal, warn))
    } catch (error) {
      if (signal.aborted) throw error
      warnings.warn('spool', `the spool cannot be read: ${(error as Error).message}`)
    }
    this.#replaysDone = requested
    await this.#drain()
  }

  async #sendReplayed(lines: readonly string[]): Promise<void> {
    // New lines are sent first: a large spool must not delay them.
    await this.#drain()
    this.#options.stats.replayed += lines.length - (await this.#sender.send(lines))
  }

  #replayAgainIn(delayMs: number | undefined): void {
    clearTimeout(this.#replayTimer)
    if (delayMs === undefined) return
    this.#replayTimer = startTimer(() => this.#requestReplay(), delayMs + REPLAY_MARGIN_MS)
  }

  #resolveWaiting(): void {
    const { signal } = this.#options
    const over = this.#waiting.filter(({ isOver }) => signal.aborted || isOver())
    this.#waiting = this.#waiting.filter((each) => !over.includes(each))
    for (const { resolve } of over) resolve()
  }
}
