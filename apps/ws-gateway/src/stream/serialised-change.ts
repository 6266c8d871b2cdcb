import type { Change, Invocation, StreamEntity, TurnChange, UseChange } from '@skillwatch/schema'

/** A change as the wire shows it. */
export type WireChange = Change | UseChange | TurnChange

/** The fields that a filter can name, as far as an entity has them. */
export type FilteredFields = Partial<
  Pick<Invocation, 'kind' | 'skill_name' | 'session_id' | 'workflow_phase' | 'outcome'>
>
/** A change of the log as JSON text, serialised once for all subscribers. */
export interface SerialisedChange {
  readonly offset: number
  readonly entity: StreamEntity
  /** Undefined for a deletion: every filter lets it pass, as any client may know what is gone. */
  readonly fields: FilteredFields | undefined
  readonly text: string
  /** Size of the text in UTF-8. */
  readonly bytes: number
}

export function serialiseChange(change: WireChange): SerialisedChange {
  const text = JSON.stringify(change)
  const { offset } = change
  return { offset, ...entityAndFields(change), text, bytes: Buffer.byteLength(text) }
}

function entityAndFields(change: WireChange): Pick<SerialisedChange, 'entity' | 'fields'> {
  if ('invocation' in change) {
    const { kind, skill_name, session_id, workflow_phase, outcome } = change.invocation
    const phase = workflow_phase !== undefined && { workflow_phase }
    return { entity: 'invocation', fields: { kind, skill_name, session_id, outcome, ...phase } }
  }
  if ('use' in change) {
    const { kind, skill_name, session_id, outcome } = change.use
    return { entity: 'use', fields: { kind, skill_name, session_id, outcome } }
  }
  if ('turn' in change) return { entity: 'turn', fields: { session_id: change.turn.session_id } }
  const entity = 'invocation_id' in change ? 'invocation' : 'use_id' in change ? 'use' : 'turn'
  return { entity, fields: undefined }
}
