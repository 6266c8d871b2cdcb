import type { SpanRole } from '../observed-span.ts'
import type { Kind, Witness } from '../words.ts'

/**
 * Observations that carry no id of their call: a skill began, or a sub-agent completed. `row_id` is the
 * invocation that each belongs to: the call it was correlated with, or an invocation of its own whose
 * `invocation_id` is the `observation_id`.
 */
export interface UncorrelatedObservationTable {
  project_id: number
  observation_id: string
  session_id: string
  witness: Witness
  received_at_ms: number
  /** JSON of `ObservedFields`. */
  fields: string
  row_id: number | null
  /** The kind of the calls that it may belong to; null for those that belong to none. */
  call_kind: Kind | null
  skill_name: string | null
  prompt_id: string | null
  began_at_ms: number | null
  ended_at_ms: number | null
  /** JSON of how near it is to its call; null when it has a row of its own. */
  correlation: string | null
}

/**
 * OpenTelemetry spans, each with the fields that it reports by itself. `invocation_id` is the call that it
 * belongs to, as far as the spans around it are known. The spans of one call together make the witness
 * record of `otel_span`.
 */
export interface OtelSpanTable {
  project_id: number
  /** Hex; empty for spans recorded before this table existed, whose ids were not kept. */
  trace_id: string
  span_id: string
  parent_span_id: string | null
  role: SpanRole
  /** The id of the call if this span is its representative span. */
  own_id: string
  tool_name: string | null
  session_id: string | null
  is_session_of_process: 0 | 1
  invocation_id: string | null
  received_at_ms: number
  /** JSON of `ObservedFields`. */
  fields: string
  /** When the span is deleted, as its trace has no call; null while a call of its trace is recorded. */
  expires_at_ms: number | null
  /** JSON of what spans inside this one inherit through it; null when that is nothing. */
  inherited: string | null
}

/** Spans whose inner spans are still to be correlated again. */
export interface SpanCascadeTable {
  project_id: number
  trace_id: string
  span_id: string
  /** The inner spans up to this one are done. */
  after_span_id: string
}

/** The last end of a session that its agent reported. */
export interface SessionEndTable {
  project_id: number
  session_id: string
  ended_at_ms: number
}

/** Which call started a sub-agent, so that calls inside it can name their parent. */
export interface AgentCallTable {
  project_id: number
  session_id: string
  agent_id: string
  invocation_id: string
  seen_at_ms: number
}
