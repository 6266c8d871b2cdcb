import { createDelivery, type Delivery, type DeliveryOptions } from './delivery.ts'
import { createDiskCopy, type Entry } from './disk-copy.ts'
import { startTimer } from './platform.ts'
import type { Spool } from './spool.ts'
import type { ClientStats } from './stats.ts'

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
  /** What is not settled is left on the disk, or dropped. */
  close(): void
}

/** Clocks of file systems are coarse. */
const AGAIN_MARGIN_MS = 50

export function createOutbox(options: OutboxOptions): Outbox {
  const { stats, spool, warnings, signal } = options
  const onRetry = () => {
    stats.retried += 1
  }
  const delivery: Delivery = createDelivery({ ...options, onRetry })
  const onLeft = () => {
    if (!replayDue) requestReplay()
  }
  const disk = spool && createDiskCopy({ spool, stats, warnings, onLeft })
  let queue: Entry[] = []
  let characters = 0
  let underWay: readonly Entry[] = []
  let timer: { id: ReturnType<typeof setTimeout>; delayMs: number } | undefined
  let againTimer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let replayDue = false
  // Counted, so that a wait ends though more keeps coming in.
  let pushedCount = 0
  let settledCount = 0
  let replaysRequested = 0
  let replaysDone = 0
  let waiting: { isOver: () => boolean; resolve: () => void }[] = []

  const push = (line: string): Entry => {
    const isFull =
      queue.length >= options.queueItemsMax || characters + line.length > options.queueCharactersMax
    const entry: Entry = { line, taken: isFull, segments: undefined, isOverflow: isFull }
    stats.recorded += 1
    if (isFull && !spool) {
      drop(1, `the queue is full (${queue.length} observations), so new ones are dropped`)
      return entry
    }
    stats.queued += 1
    disk?.keep(entry)
    if (isFull) return entry
    queue.push(entry)
    pushedCount += 1
    characters += line.length
    if (queue.length >= options.batchItemsMax) schedule(0)
    else schedule(options.batchDelayMs)
    return entry
  }

  const drop = (count: number, reason: string) => {
    stats.dropped += count
    warnings.warn('dropped', reason)
  }

  const requestReplay = () => {
    replayDue = true
    replaysRequested += 1
    schedule(options.batchDelayMs)
  }

  const schedule = (delayMs: number) => {
    if (isRunning || signal.aborted) return
    // One that is due as soon is left alone: calls that keep coming must not put it off for ever.
    if (timer !== undefined && timer.delayMs <= delayMs) return
    clearTimeout(timer?.id)
    timer = { id: startTimer(() => void run(), delayMs), delayMs }
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
      for (const entry of underWay) disk?.settle(entry)
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
      if (count >= options.batchItemsMax || (count > 0 && taken + line.length > options.batchCharactersMax))
        break
      taken += line.length
      count += 1
    }
    characters -= taken
    const batch = queue.slice(0, count)
    queue = queue.slice(count)
    for (const entry of batch) entry.taken = true
    return batch
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
      const againInMs = await spool!.replay(send, signal)
      clearTimeout(againTimer)
      if (againInMs !== undefined) againTimer = startTimer(requestReplay, againInMs + AGAIN_MARGIN_MS)
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
    replace(entry, line) {
      if (entry.taken) return false
      characters += line.length - entry.line.length
      entry.line = line
      disk?.keep(entry)
      return true
    },
    settled() {
      disk?.write()
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
      clearTimeout(timer?.id)
      clearTimeout(againTimer)
      disk?.write()
      for (const { segments } of [...underWay, ...queue]) {
        stats.queued -= 1
        if (segments) stats.leftOnDisk += 1
        else
          drop(1, 'the client was closed before the server took everything; flush() first, or use a spool')
      }
      for (const entry of queue) entry.taken = true
      queue = []
      underWay = []
      tellWaiting()
      disk?.close()
    },
  }
}
