import type { StreamExtent } from '@skillwatch/db'
import type { StreamPosition, SubscribeMessage } from '@skillwatch/schema'

/** A subscription starts after `offset`. */
export interface SubscriptionStart {
  readonly offset: number
  readonly recovered: boolean
  /** Whether the log is replayed from there; otherwise only new changes are sent. */
  readonly replay: boolean
}

/** The asked position, or the head with `recovered: false` (R5): never a part of what was asked for. */
export function findStart(from: SubscribeMessage['from'], log: StreamExtent): SubscriptionStart {
  if (from === undefined || from === 'now')
    return { offset: log.last_offset, recovered: true, replay: false }
  if (from === 'start') return { offset: Math.max(0, log.oldest_offset - 1), recovered: true, replay: true }
  if (!isInLog(from, log)) return { offset: log.last_offset, recovered: false, replay: false }
  return { offset: from.offset, recovered: true, replay: true }
}

function isInLog({ epoch, offset }: StreamPosition, log: StreamExtent): boolean {
  return epoch === log.epoch && offset >= log.oldest_offset - 1 && offset <= log.last_offset
}
