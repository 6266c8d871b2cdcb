import type { InvocationRow, ObservedFields } from '@skillwatch/schema'
import { mergeWitnesses, type WitnessRecord, witnessList } from './merge.ts'

/** The columns that follow from what the witnesses stated; the rest belongs to the database. */
export type ResolvedRow = Omit<
  InvocationRow,
  'row_id' | 'project_id' | 'invocation_id' | 'live_series_id' | 'live_execution_ms'
>

/**
 * The row that the states of all witnesses make. A pure function of the set of states, so that equal sets give equal
 * rows whatever the order in which they came (R4).
 */
export function resolve(states: readonly WitnessRecord[]): ResolvedRow {
  const fields = mergeWitnesses(states)
  const outcome = resolveOutcome(fields)
  const invoked_at_ms = resolveInvokedAt(fields, states)
  return {
    kind: fields.kind ?? 'skill',
    skill_name: fields.skill_name!,
    session_id: fields.session_id!,
    prompt_id: fields.prompt_id ?? null,
    agent_name: fields.agent_name ?? null,
    user_hash: fields.user_hash ?? null,
    parent_invocation_id: fields.parent_invocation_id ?? null,
    trigger: fields.trigger ?? 'unknown',
    invoked_at_ms,
    ended_at_ms: outcome === 'running' ? null : resolveEndedAt(fields, invoked_at_ms),
    outcome,
    execution_ms: fields.execution_ms ?? null,
    elapsed_ms: resolveSpan(fields),
    error_type: fields.error_type ?? null,
    workflow_path: fields.workflow_path ?? null,
    workflow_phase: fields.workflow_phase ?? null,
    workflow_step_id: fields.workflow_step_id ?? null,
    user_query_bytes: fields.user_query_bytes ?? null,
    user_query_hash: fields.user_query_hash ?? null,
    arguments_bytes: fields.arguments_bytes ?? null,
    arguments_hash: fields.arguments_hash ?? null,
    result_bytes: fields.result_bytes ?? null,
    result_hash: fields.result_hash ?? null,
    alternatives_considered: json(fields.alternatives_considered),
    selection_rank: fields.selection_rank ?? null,
    follow_up_actions: json(fields.follow_up_actions),
    rating: fields.rating ?? null,
    skill_version: fields.skill_version ?? null,
    attributes: json(fields.attributes && sorted(fields.attributes)),
    witnesses: witnessList(states),
  }
}

/** An end that was seen without its outcome is a success, with an error class a failure; nothing seen is still running. */
function resolveOutcome(fields: ObservedFields): ResolvedRow['outcome'] {
  if (fields.outcome !== undefined && fields.outcome !== 'running') return fields.outcome
  if (fields.error_type !== undefined) return 'failed'
  const ended = fields.ended_at_ms ?? fields.execution_ms ?? fields.elapsed_ms
  return ended === undefined ? 'running' : 'completed'
}

function resolveInvokedAt(fields: ObservedFields, states: readonly WitnessRecord[]): number {
  if (fields.invoked_at_ms !== undefined) return fields.invoked_at_ms
  if (fields.ended_at_ms !== undefined)
    return Math.round(fields.ended_at_ms - (fields.elapsed_ms ?? fields.execution_ms ?? 0))
  return Math.min(...states.map((state) => state.received_at_ms))
}

function resolveEndedAt(fields: ObservedFields, invokedAtMs: number): number | null {
  if (fields.ended_at_ms !== undefined) return fields.ended_at_ms
  const durationMs = fields.elapsed_ms ?? fields.execution_ms
  return durationMs === undefined ? null : Math.round(invokedAtMs + durationMs)
}

/** Stated, or the time between both stated instants; clocks that contradict each other give none. */
function resolveSpan(fields: ObservedFields): number | null {
  if (fields.elapsed_ms !== undefined) return fields.elapsed_ms
  if (fields.invoked_at_ms === undefined || fields.ended_at_ms === undefined) return null
  return fields.ended_at_ms >= fields.invoked_at_ms ? fields.ended_at_ms - fields.invoked_at_ms : null
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

function sorted<T>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
