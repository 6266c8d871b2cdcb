import type { StreamEvent } from '@skillwatch/client'
import type { Change, StreamPosition } from '@skillwatch/schema'

interface Log {
  /** The changes after a position up to now, and then `caught_up`. */
  read(from: 'start' | StreamPosition): AsyncIterable<StreamEvent>
  isShown(change: Change): boolean
}

/** How many times as long each window is as the one before; the first one, as the number looked for. */
const WINDOW_GROWTH = 8

/**
 * Where a stream must begin to repeat the last `count` invocations that are shown. It reads a window at the
 * end of the log, and then longer ones until one contains so many or is the whole log.
 */
export async function startOfLast(
  count: number,
  newest: StreamPosition,
  log: Log,
): Promise<'start' | StreamPosition> {
  const { epoch, offset } = newest
  if (count === 0) return newest
  for (let length = count * WINDOW_GROWTH; length < offset; length *= WINDOW_GROWTH) {
    const first = await firstOfLast(count, { epoch, offset: offset - length }, log)
    if (first === 'missing') break
    if (first !== 'fewer') return { epoch, offset: first - 1 }
  }
  const first = await firstOfLast(count, 'start', log)
  return typeof first === 'number' ? { epoch, offset: first - 1 } : 'start'
}

/**
 * The offset at which the last `count` invocations after a position begin; `fewer` when there are not so
 * many, `missing` when the log does not go back to the position.
 */
async function firstOfLast(
  count: number,
  from: 'start' | StreamPosition,
  { read, isShown }: Log,
): Promise<number | 'fewer' | 'missing'> {
  /** The last offset of each of the last invocations, in the order of the log. */
  const offsets = new Map<string, number>()
  for await (const event of read(from)) {
    if (event.type === 'subscribed' && !event.recovered) return 'missing'
    if (event.type === 'caught_up') break
    if (event.type !== 'changes') continue
    for (const change of event.items) {
      if (change.op === 'delete' || !isShown(change)) continue
      const { invocation_id } = change.invocation
      offsets.delete(invocation_id)
      offsets.set(invocation_id, change.offset)
      if (offsets.size > count) offsets.delete(offsets.keys().next().value!)
    }
  }
  if (offsets.size < count) return 'fewer'
  return offsets.values().next().value!
}
