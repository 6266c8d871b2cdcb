import {
  type ParsedObservation,
  type ParseResult,
  parseObservation,
  type RejectedItem,
} from '@skillwatch/schema'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import type { Item } from './read-items.ts'

/** Why the recorder refused one item of a request. */
export const CANNOT_BE_STORED = 'cannot be stored; the log of ingest has the reason'

export interface ParsedItems {
  readonly observations: readonly ParsedObservation[]
  /** The index of the item of each observation. */
  readonly indexes: readonly number[]
  readonly rejected: readonly RejectedItem[]
  /** Ids of all items in order, null for a rejected one. Undefined when every item has an id of its own. */
  readonly invocationIds: readonly (string | null)[] | undefined
}

/** Parses the value of one item. @param createId creates the id of an item that has none */
export type ParseItem = (value: unknown, nowMs: number, createId: () => string) => ParseResult

/**
 * Parses each item by itself. Bad items are returned with what is wrong with them; the others are accepted
 * (R9).
 */
export function parseItems(
  items: readonly Item[],
  nowMs: number,
  parse: ParseItem = parseObservation,
): ParsedItems {
  const observations: ParsedObservation[] = []
  const indexes: number[] = []
  const rejected: RejectedItem[] = []
  const invocationIds: (string | null)[] = []
  let createdIds = false
  const createId = () => {
    createdIds = true
    return uuidV7(nowMs)
  }
  items.forEach((item, index) => {
    const result =
      'reason' in item ? { pointer: '', reason: item.reason } : parse(item.value, nowMs, createId)
    if ('observation' in result) {
      observations.push(result.observation)
      indexes.push(index)
      invocationIds.push(result.observation.invocation_id)
    } else {
      rejected.push({ index, ...result })
      invocationIds.push(null)
    }
  })
  return { observations, indexes, rejected, invocationIds: createdIds ? invocationIds : undefined }
}
