import type {
  Change,
  FindingChange,
  Invocation,
  StreamEntity,
  TurnChange,
  UseChange,
} from '@skillwatch/schema'

/** A change as the wire shows it. */
export type WireChange = Change | UseChange | TurnChange | FindingChange

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
  if ('finding' in change) {
    const { kind, skill_name } = change.finding
    return { entity: 'finding', fields: { kind, skill_name } }
  }
  return { entity: entityOfDeletion(change), fields: undefined }
}

function entityOfDeletion(change: Extract<WireChange, { op: 'delete' }>): StreamEntity {
  if ('invocation_id' in change) return 'invocation'
  if ('use_id' in change) return 'use'
  return 'turn_id' in change ? 'turn' : 'finding'
}
