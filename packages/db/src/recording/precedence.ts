import type { ObservedFields, Witness } from '@skillwatch/schema'

/**
 * Which witness is believed about what, first to last, each with the reason. A better informed value (a result instead of
 * "still running", a real name instead of a redacted one) wins before this order is asked.
 */

/** The one inside the process knows best; a hook is told by the agent itself; what was copied from elsewhere comes last. */
const CLOSEST_FIRST: readonly Witness[] = ['sdk', 'hook', 'otel_span', 'otel_log', 'transcript', 'import']

/** Hooks carry no time and are stamped on receipt; a log event is written after the fact; these were written as it happened. */
const BEST_CLOCK_FIRST: readonly Witness[] = ['sdk', 'otel_span', 'transcript', 'otel_log', 'hook', 'import']

/**
 * Only the log's `skill_activated` says by whose choice a skill ran. The transcript knows of calls that a skill set off;
 * a hook assumes the agent's choice for every call.
 */
const ACTIVATION_FIRST: readonly Witness[] = ['otel_log', 'sdk', 'otel_span', 'transcript', 'hook', 'import']

/** The transcript has call and result of the same agent, so its span is the measured one; others subtract receipt times. */
const TRANSCRIPT_SPAN_FIRST: readonly Witness[] = [
  'sdk',
  'transcript',
  'otel_span',
  'hook',
  'otel_log',
  'import',
]

/** Logs redact names unless they are told not to, in ways that may grow beyond the known ones. */
const LOG_NAMES_LAST: readonly Witness[] = ['sdk', 'hook', 'transcript', 'otel_span', 'import', 'otel_log']

/** The transcript knows what a refusal was, where a span only knows that there was an error. */
const TRANSCRIPT_BEFORE_SPAN: readonly Witness[] = [
  'sdk',
  'hook',
  'transcript',
  'otel_log',
  'otel_span',
  'import',
]

export const PRECEDENCE: Readonly<Record<keyof ObservedFields, readonly Witness[]>> = {
  kind: LOG_NAMES_LAST,
  skill_name: LOG_NAMES_LAST,
  session_id: CLOSEST_FIRST,
  prompt_id: CLOSEST_FIRST,
  agent_name: CLOSEST_FIRST,
  user_hash: CLOSEST_FIRST,
  parent_invocation_id: CLOSEST_FIRST,
  trigger: ACTIVATION_FIRST,
  invoked_at_ms: BEST_CLOCK_FIRST,
  ended_at_ms: BEST_CLOCK_FIRST,
  outcome: TRANSCRIPT_BEFORE_SPAN,
  execution_ms: CLOSEST_FIRST,
  elapsed_ms: TRANSCRIPT_SPAN_FIRST,
  error_type: TRANSCRIPT_BEFORE_SPAN,
  workflow_path: CLOSEST_FIRST,
  workflow_phase: CLOSEST_FIRST,
  workflow_step_id: CLOSEST_FIRST,
  user_query: CLOSEST_FIRST,
  arguments: CLOSEST_FIRST,
  result: CLOSEST_FIRST,
  user_query_bytes: CLOSEST_FIRST,
  user_query_hash: CLOSEST_FIRST,
  arguments_bytes: CLOSEST_FIRST,
  arguments_hash: CLOSEST_FIRST,
  result_bytes: CLOSEST_FIRST,
  result_hash: CLOSEST_FIRST,
  alternatives_considered: CLOSEST_FIRST,
  selection_rank: CLOSEST_FIRST,
  follow_up_actions: CLOSEST_FIRST,
  rating: CLOSEST_FIRST,
  skill_version: CLOSEST_FIRST,
  attributes: CLOSEST_FIRST,
}
