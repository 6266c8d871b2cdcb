import { type ParsedObservation, parseObservation, type RejectedItem } from '@skillwatch/schema'
import { uuidV7 } from '@skillwatch/schema/uuid-v7'
import type { Item } from './read-items.ts'

export interface ParsedItems {
  readonly observations: readonly ParsedObservation[]
  readonly rejected: readonly RejectedItem[]
  /** Ids of all items in order, null for a rejected one; there only when an item came without. */
  readonly invocationIds: readonly (string | null)[] | undefined
}

/** Checks every item by itself: the good ones are kept, each bad one is named with what is wrong with it (R9). */
export function parseItems(items: readonly Item[], nowMs: number): ParsedItems {
  const observations: ParsedObservation[] = []
  const rejected: RejectedItem[] = []
  const invocationIds: (string | null)[] = []
  let idsMade = false
  const newId = () => {
    idsMade = true
    return uuidV7(nowMs)
  }
  items.forEach((item, index) => {
    const result =
      'reason' in item ? { pointer: '', reason: item.reason } : parseObservation(item.value, nowMs, newId)
    if ('observation' in result) {
      observations.push(result.observation)
      invocationIds.push(result.observation.invocation_id)
    } else {
      rejected.push({ index, ...result })
      invocationIds.push(null)
    }
  })
  return { observations, rejected, invocationIds: idsMade ? invocationIds : undefined }
}
