import type { StreamPosition, SubscribeMessage } from '@skillwatch/schema'

/** The change log's head, as `streamPosition` of packages/db gives it. */
export interface LogHead {
  readonly epoch: string
  readonly last_offset: number
  readonly oldest_offset: number
}

/** Where a subscription starts: after `offset`. */
export interface Start {
  readonly offset: number
  readonly recovered: boolean
  /** Whether the log is read from there on, or only what happens now. */
  readonly replay: boolean
}

/** All that was asked for, or nothing and `recovered: false` (R5): never a part. */
export function findStart(from: SubscribeMessage['from'], head: LogHead): Start {
  if (from === undefined || from === 'now')
    return { offset: head.last_offset, recovered: true, replay: false }
  if (from === 'start') return { offset: Math.max(0, head.oldest_offset - 1), recovered: true, replay: true }
  if (!isKept(from, head)) return { offset: head.last_offset, recovered: false, replay: false }
  return { offset: from.offset, recovered: true, replay: true }
}

function isKept(position: StreamPosition, head: LogHead): boolean {
  if (position.epoch !== head.epoch) return false
  return position.offset >= head.oldest_offset - 1 && position.offset <= head.last_offset
}
