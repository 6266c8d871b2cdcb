import type { ObservedFields, ParsedObservation } from '@skillwatch/schema'
import type { StoredPrompt } from '../prompt.ts'
import type { ProjectFacts, StoredSpan } from '../storage.ts'
import type { WitnessRecord } from '../witness-record.ts'
import { privateFields, privateId } from './private-fields.ts'
import { redactShapes } from './redact.ts'

/** An observation as it may be stored (R10), by what is known of its call. */
export type NormalisedObservation =
  /** It carries the id of its call. */
  | { readonly type: 'call'; readonly id: string; readonly record: WitnessRecord }
  | { readonly type: 'uncorrelated'; readonly id: string; readonly record: WitnessRecord }
  | { readonly type: 'span'; readonly span: StoredSpan }
  | { readonly type: 'prompt'; readonly prompt: StoredPrompt }
  | { readonly type: 'session_end'; readonly session_id: string; readonly ended_at_ms: number }

/** Takes out what the project does not store, and sorts the observation by its type. */
export function normalise(
  observation: ParsedObservation,
  project: ProjectFacts,
  nowMs: number,
): NormalisedObservation {
  const fields = privateFields(observation, project)
  if (observation.prompt) return { type: 'prompt', prompt: toPrompt(fields) }
  const id = privateId(observation.invocation_id, project.hash)
  const record: WitnessRecord = { witness: observation.witness, received_at_ms: nowMs, fields }
  if (observation.session_end) {
    return { type: 'session_end', session_id: fields.session_id!, ended_at_ms: fields.ended_at_ms ?? nowMs }
  }
  if (observation.uncorrelated) return { type: 'uncorrelated', id, record }
  if (observation.witness === 'otel_span')
    return { type: 'span', span: toStoredSpan(observation, id, record) }
  return { type: 'call', id, record }
}

function toPrompt(fields: ObservedFields): StoredPrompt {
  return {
    session_id: fields.session_id!,
    prompt_id: fields.prompt_id!,
    user_hash: fields.user_hash ?? null,
    agent_name: fields.agent_name ?? null,
    agent_version: fields.agent_version ?? null,
    repository: fields.repository ?? null,
    branch: fields.branch ?? null,
    began_at_ms: fields.invoked_at_ms ?? null,
    interrupted_at_ms: fields.ended_at_ms ?? null,
  }
}

/**
 * A span as it is stored. What was reported by a span that is not known belongs to the call that it names.
 */
function toStoredSpan(
  { span: context }: ParsedObservation,
  ownId: string,
  { fields, received_at_ms }: WitnessRecord,
): StoredSpan {
  const { trace_id = '', span_id = ownId, parent_span_id = null, role = 'call' } = context ?? {}
  return {
    trace_id,
    span_id,
    parent_span_id,
    role,
    own_id: ownId,
    tool_name: context?.tool_name === undefined ? null : redactShapes(context.tool_name),
    is_session_of_process: context?.is_session_of_process ? 1 : 0,
    fields,
    invocation_id: null,
    received_at_ms,
    inherited: null,
  }
}
