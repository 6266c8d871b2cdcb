import { type ObservedFields, type ParsedObservation, TEXT_FIELDS } from '@skillwatch/schema'
import type { ProjectFacts } from '../storage.ts'
import { redactNamed, redactShapes, redactText } from './redact.ts'

const NAMES = [
  'skill_name',
  'agent_name',
  'agent_version',
  'model',
  'workflow_phase',
  'workflow_step_id',
  'skill_version',
] as const
const PLACES = ['repository', 'branch'] as const
const IDS = ['session_id', 'prompt_id', 'parent_invocation_id'] as const
const FREE_TEXTS = ['error_type', 'workflow_path', 'repository', 'branch'] as const

/**
 * The fields as they are stored (R10): the user id becomes a keyed hash; texts become a size and a keyed
 * hash, beside the text without its secrets where the project stores it; every other text loses its secrets.
 * Places are left out where the project does not store them.
 * Fields that were made private before stay as they are, except for texts that the project no longer stores.
 */
export function privateFields(
  observation: ParsedObservation,
  { hash, storeText, storePlaces }: ProjectFacts,
): ObservedFields {
  const fields = withoutSecrets(observation.fields)
  if (!storePlaces) for (const field of PLACES) delete fields[field]
  for (const field of IDS) if (fields[field] !== undefined) fields[field] = privateId(fields[field], hash)
  if (observation.user_id !== undefined) fields.user_hash = hash(observation.user_id)
  for (const field of TEXT_FIELDS) {
    if (!storeText.has(field)) delete fields[field]
    const text = observation[field]
    if (text === undefined) continue
    fields[`${field}_bytes`] = Buffer.byteLength(text)
    fields[`${field}_hash`] = hash(text)
    if (storeText.has(field)) fields[field] = redactText(text)
  }
  return fields
}

/** An id that contains a secret becomes its keyed hash, so that it still identifies one thing. */
export function privateId(id: string, hash: (text: string) => string): string {
  return redactShapes(id) === id ? id : `redacted-${hash(id)}`
}

function withoutSecrets(reported: ObservedFields): ObservedFields {
  const fields = { ...reported }
  for (const field of NAMES) if (fields[field] !== undefined) fields[field] = redactShapes(fields[field])
  for (const field of FREE_TEXTS) if (fields[field] !== undefined) fields[field] = redactText(fields[field])
  if (fields.alternatives_considered)
    fields.alternatives_considered = fields.alternatives_considered.map(redactShapes)
  if (fields.follow_up_actions) fields.follow_up_actions = fields.follow_up_actions.map(redactText)
  if (fields.attributes) {
    const entries = Object.entries(fields.attributes).map(([name, value]) => [
      redactShapes(name),
      typeof value === 'string' ? redactNamed(name, value) : value,
    ])
    fields.attributes = Object.fromEntries(entries)
  }
  return fields
}
