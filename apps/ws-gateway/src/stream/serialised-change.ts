import type { Change } from '@skillwatch/schema'
import type { FilteredFields } from './filter.ts'

/** A change of the log as JSON text, serialised once for all subscribers. */
export interface SerialisedChange {
  readonly offset: number
  /** Undefined for a deletion: every filter lets it pass, as any client may know the invocation. */
  readonly fields: FilteredFields | undefined
  readonly text: string
  /** Size of the text in UTF-8. */
  readonly bytes: number
}

export function serialiseChange(change: Change): SerialisedChange {
  const text = JSON.stringify(change)
  return { offset: change.offset, fields: filteredFields(change), text, bytes: Buffer.byteLength(text) }
}

function filteredFields(change: Change): FilteredFields | undefined {
  if (change.op === 'delete') return undefined
  const { kind, skill_name, session_id, workflow_phase, outcome } = change.invocation
  return { kind, skill_name, session_id, outcome, ...(workflow_phase !== undefined && { workflow_phase }) }
}
