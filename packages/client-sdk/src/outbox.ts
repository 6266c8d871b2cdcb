import { createDelivery, type Delivery, type DeliveryOptions } from './delivery.ts'
import { startTimer } from './platform.ts'
import type { Spool, SpoolSegment } from './spool.ts'
import type { ClientStats } from './stats.ts'

/** One observation on its way. */
export interface Entry {
  line: string
  /** Its line cannot be replaced any more: it is under way, settled, or was never taken. */
  taken: boolean
  segments: SpoolSegment[] | undefined
  /** On disk only, as the memory was full. */
  isOverflow: boolean
}

export interface OutboxOptions extends Omit<DeliveryOptions, 'onRetry'> {
  readonly stats: ClientStats
  readonly spool: Spool | undefined
  readonly queueItemsMax: number
  readonly queueCharactersMax: number
  readonly batchItemsMax: number
  readonly batchCharactersMax: number
  readonly batchDelayMs: number
}

export interface Outbox {
  /** Takes a line without I/O. */
  push(line: string): Entry
  /** Says more in place of what was said, while that has not left. @returns false when it has */
  replace(entry: Entry, line: string): boolean
  /** Resolves when all that was pushed before has been settled; never rejects. */
  settled(): Promise<void>
  /** Hands over what earlier processes left on the disk, after what is queued. */
  replay(): void
  /** Writes to the spool what this tick has not written yet. */
  writeSpool(): void
  /** What is not settled is left on the disk, or dropped. */
  close(): void
}

/** Lines kept back until the end of the tick; a loop that records more is written in pieces. */
const UNSPOOLED_MAX = 256

export function createOutbox(options: OutboxOptions): Outbox {
  const { stats, spool, warnings, signal } = options
  const onRetry = () => {
    stats.retried += 1
  }
  const delivery: Delivery = createDelivery({ ...options, onRetry })
  let queue: Entry[] = []
  let characters = 0
  let underWay: readonly Entry[] = []
  let unspooled: Entry[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let replayDue = false
  // Counted, so that a wait ends though more keeps coming in.
  let pushedCount = 0
  let settledCount = 0
  let replaysRequested = 0
  let replaysDone = 0
  let waiting: { isOver: () => boolean; resolve: () => void }[] = []

  const push = (line: string): Entry => {
    const isFull = queue.length >= options.queueItemsMax || characters + line.length > options.queueCharactersMax
    const entry: Entry = { line, taken: isFull, segments: undefined, isOverflow: isFull }
    stats.recorded += 1
    if (isFull && !spool) {
      drop(1, `the queue is full (${queue.length} observations), so new ones are dropped`)
      return entry
    }
    stats.queued += 1
    if (spool) keepOnDisk(entry)
    if (isFull) return entry
    queue.push(entry)
    pushedCount += 1
    characters += line.length
    if (queue.length >= options.batchItemsMax) schedule(0)
    else if (timer === undefined) schedule(options.batchDelayMs)
    return entry
  }

  const drop = (count: number, reason: string) => {
    stats.dropped += count
    warnings.warn('dropped', reason)
  }

  const keepOnDisk = (entry: Entry) => {
    if (unspooled.length === 0) queueMicrotask(writeSpool)
    if (unspooled.push(entry) >= UNSPOOLED_MAX) writeSpool()
  }

  const writeSpool = () => {
    if (unspooled.length === 0) return
    const entries = [...new Set(unspooled)]
    unspooled = []
    const segment = writeLines(entries.map(({ line }) => line))
    for (const entry of entries) {
      if (entry.isOverflow) leave(segment)
      else if (segment === undefined) stats.unspooled += 1
      else {
        segment.pending += 1
        entry.segments ??= []
        entry.segments.push(segment)
      }
    }
  }

  const leave = (segment: SpoolSegment | undefined) => {
    stats.queued -= 1
    if (segment === undefined) return drop(1, 'the queue is full and so is the spool, so new observations are dropped')
    segment.keep = true
    stats.leftOnDisk += 1
    if (!replayDue) requestReplay()
  }

  const requestReplay = () => {
    replayDue = true
    replaysRequested += 1
    schedule(options.batchDelayMs)
  }

  const writeLines = (lines: readonly string[]): SpoolSegment | undefined => {
    try {
      const segment = spool!.write(lines)
      if (segment) warnings.over('spool')
      else warnings.warn('spool', 'the spool is full; what it does not take is kept in memory only')
      return segment
    } catch (error) {
      warnings.warn('spool', `the spool cannot be written: ${(error as Error).message}`)
      return undefined
    }
  }

  const schedule = (delayMs: number) => {
    if (isRunning || signal.aborted) return
    if (timer !== undefined) {
      if (delayMs > 0) return
      clearTimeout(timer)
    }
    timer = startTimer(() => void run(), delayMs)
  }

  const run = async () => {
    timer = undefined
    if (isRunning) return
    isRunning = true
    try {
      await drain()
      if (replayDue) await replayDisk()
    } catch (error) {
      // Only a closed client ends here: everything else is tried again or counted.
      if (!signal.aborted) warnings.warn('delivery', String(error))
    } finally {
      isRunning = false
    }
    tellWaiting()
    if (queue.length > 0 || replayDue) schedule(options.batchDelayMs)
  }

  const drain = async () => {
    while (queue.length > 0) {
      underWay = takeBatch()
      const rejected = await delivery.deliver(underWay.map(({ line }) => line))
      stats.sent += underWay.length - rejected
      stats.rejected += rejected
      stats.queued -= underWay.length
      for (const entry of underWay) settle(entry)
      settledCount += underWay.length
      underWay = []
      warnings.over('dropped')
      tellWaiting()
    }
  }

  const takeBatch = (): Entry[] => {
    let count = 0
    let taken = 0
    for (const { line } of queue) {
      if (count >= options.batchItemsMax || (count > 0 && taken + line.length > options.batchCharactersMax)) break
      taken += line.length
      count += 1
    }
    characters -= taken
    const batch = queue.slice(0, count)
    queue = queue.slice(count)
    for (const entry of batch) entry.taken = true
    return batch
  }

  const settle = ({ segments = [] }: Entry) => {
    try {
      for (const segment of segments) spool!.settle(segment)
    } catch (error) {
      // The next start hands it over once more, which changes nothing.
      warnings.warn('spool', `the spool cannot be cleared: ${(error as Error).message}`)
    }
  }

  const replayDisk = async () => {
    replayDue = false
    const requested = replaysRequested
    spool!.release()
    const send = async (lines: string[]) => {
      // What happens now comes first: a long past must not hold it up.
      await drain()
      stats.replayed += lines.length - (await delivery.deliver(lines))
    }
    try {
      await spool!.replay(send, signal)
    } catch (error) {
      if (signal.aborted) throw error
      warnings.warn('spool', `the spool cannot be read: ${(error as Error).message}`)
    }
    replaysDone = requested
    await drain()
  }

  const tellWaiting = () => {
    const over = waiting.filter(({ isOver }) => signal.aborted || isOver())
    waiting = waiting.filter((each) => !over.includes(each))
    for (const { resolve } of over) resolve()
  }

  return {
    push,
    writeSpool,
    replace(entry, line) {
      if (entry.taken) return false
      characters += line.length - entry.line.length
      entry.line = line
      if (spool) keepOnDisk(entry)
      return true
    },
    settled() {
      writeSpool()
      const [pushed, requested] = [pushedCount, replaysRequested]
      const isOver = () => settledCount >= pushed && replaysDone >= requested
      if (isOver() || signal.aborted) return Promise.resolve()
      schedule(0)
      delivery.hurry()
      return new Promise((resolve) => waiting.push({ isOver, resolve }))
    },
    replay() {
      requestReplay()
      schedule(0)
    },
    close() {
      clearTimeout(timer)
      writeSpool()
      for (const { segments } of [...underWay, ...queue]) {
        stats.queued -= 1
        if (segments) stats.leftOnDisk += 1
        else drop(1, 'the client was closed before the server took everything; flush() first, or use a spool')
      }
      for (const entry of queue) entry.taken = true
      queue = []
      underWay = []
      tellWaiting()
      try {
        spool?.close()
      } catch (error) {
        warnings.warn('spool', `the spool cannot be closed: ${(error as Error).message}`)
      }
    },
  }
}
