import type { SpanRole } from '../observed-span.ts'
import type { Witness } from '../words.ts'

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
  fields: string
  row_id: number | null
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
}
