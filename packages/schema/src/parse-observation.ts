import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { firstError, type Refusal } from './first-error.ts'
import { InstantInput } from './instant.ts'
import { Observation } from './observation.ts'
import type { SpanContext } from './observed-span.ts'
import { parseInstant } from './parse-instant.ts'
import { name } from './text.ts'
import type { Kind, Outcome, Trigger, Witness } from './words.ts'

/** What a witness reported, in the units of the tables. A field that was not reported is absent. */
export interface ObservedFields {
  kind?: Kind
  skill_name?: string
  session_id?: string
  agent_name?: string
  agent_version?: string
  model?: string
  repository?: string
  branch?: string
  user_hash?: string
  prompt_id?: string
  parent_invocation_id?: string
  trigger?: Trigger
  invoked_at_ms?: number
  ended_at_ms?: number
  outcome?: Outcome
  execution_ms?: number
  elapsed_ms?: number
  error_type?: string
  workflow_path?: string
  workflow_phase?: string
  workflow_step_id?: string
  /** The texts are present only if the project stores them; their secrets are redacted. */
  user_query?: string
  arguments?: string
  result?: string
  user_query_bytes?: number
  user_query_hash?: string
  arguments_bytes?: number
  arguments_hash?: string
  result_bytes?: number
  result_hash?: string
  alternatives_considered?: string[]
  selection_rank?: number
  follow_up_actions?: string[]
  rating?: number
  skill_version?: string
  attributes?: Record<string, string | number | boolean>
}

/**
 * An observation that passed every check. User id and texts are still in clear: storing replaces them by
 * keyed hashes.
 */
export interface ParsedObservation {
  invocation_id: string
  witness: Witness
  fields: ObservedFields
  user_id?: string
  user_query?: string
  arguments?: string
  result?: string
  /**
   * The witness did not know the id of its call: `invocation_id` is the id of the observation alone. The
   * recorder correlates it with the nearest call of its kind, session and name; until there is one it has a
   * row of its own.
   */
  uncorrelated?: true
  /**
   * The session ended at `fields.ended_at_ms`. Calls of the session that began before it and still run are
   * then `abandoned`; a result that arrives later wins. Only `fields.session_id` and `fields.ended_at_ms`
   * are read.
   */
  session_end?: true
  /**
   * The witness saw a prompt, which begins a turn, and no call. `fields` holds its session, its id, when it
   * began (`invoked_at_ms`) and when the user interrupted it (`ended_at_ms`), as far as that is known.
   */
  prompt?: true
  /**
   * The witness is a span. Which call it belongs to follows from the spans around it. `invocation_id` is the
   * call's own id where the span carries it, else `<trace_id>-<span_id>`. Session and name may be missing:
   * spans around it may carry them.
   */
  span?: SpanContext
}

export type ParseResult = { observation: ParsedObservation } | Refusal

const compiled = Compile(Observation)
const compiledSpan = Compile(Type.Partial(Observation))
const compiledSessionEnd = Compile(
  Type.Object({ session_id: name('id'), ended_at: InstantInput }, { additionalProperties: false }),
)

/**
 * Checks one item of a request and brings it into the units of the tables. Never throws: whatever came, the
 * answer is an observation or a JSON pointer with a reason.
 * @param newId makes the id of an item that has none
 */
export function parseObservation(value: unknown, nowMs: number, newId: () => string): ParseResult {
  return compiled.Check(value) ? toParsed(value, nowMs, newId) : firstError(compiled, value)
}

/** The same for the fields of a span, of which only the id is required. */
export function parseSpan(
  value: Partial<Observation> & { invocation_id: string },
  span: SpanContext,
  nowMs: number,
): ParseResult {
  if (!compiledSpan.Check(value)) return firstError(compiledSpan, value)
  const parsed = toParsed(value, nowMs, () => value.invocation_id)
  return 'reason' in parsed ? parsed : { observation: { ...parsed.observation, witness: 'otel_span', span } }
}

/** Checks the end of a session, as `readHook` returns it. Never throws. */
export function parseSessionEnd(value: unknown, nowMs: number): ParseResult {
  if (!compiledSessionEnd.Check(value)) return firstError(compiledSessionEnd, value)
  const { session_id, ended_at } = value
  const endedAtMs = parseInstant(ended_at, nowMs)
  if (typeof endedAtMs === 'object') return { pointer: '/ended_at', reason: endedAtMs.reason }
  const invocation_id = `session-end-${session_id}-${endedAtMs}`
  const fields = { session_id, ended_at_ms: endedAtMs }
  return { observation: { invocation_id, witness: 'hook', session_end: true, fields } }
}

function toParsed(value: Partial<Observation>, nowMs: number, newId: () => string): ParseResult {
  const times = readTimes(value, nowMs)
  if ('reason' in times) return times
  const durations = readDurations(value)
  if ('reason' in durations) return durations
  const {
    invocation_id,
    witness,
    user_id,
    user_query,
    arguments: args,
    result,
    invoked_at: _invokedAt,
    ended_at: _endedAt,
    duration_seconds: _durationSeconds,
    span_ms: _spanMs,
    ...fields
  } = value
  return {
    observation: {
      invocation_id: invocation_id ?? newId(),
      witness: witness ?? 'sdk',
      fields: { ...fields, ...times, ...durations },
      ...(user_id !== undefined && { user_id }),
      ...(user_query !== undefined && { user_query }),
      ...(args !== undefined && { arguments: args }),
      ...(result !== undefined && { result }),
    },
  }
}

function readTimes(
  { invoked_at, ended_at }: Partial<Observation>,
  nowMs: number,
): Pick<ObservedFields, 'invoked_at_ms' | 'ended_at_ms'> | Refusal {
  const invokedAtMs = invoked_at === undefined ? undefined : parseInstant(invoked_at, nowMs)
  if (typeof invokedAtMs === 'object') return { pointer: '/invoked_at', reason: invokedAtMs.reason }
  const endedAtMs = ended_at === undefined ? undefined : parseInstant(ended_at, nowMs)
  if (typeof endedAtMs === 'object') return { pointer: '/ended_at', reason: endedAtMs.reason }
  if (invokedAtMs !== undefined && endedAtMs !== undefined && endedAtMs < invokedAtMs) {
    return { pointer: '/ended_at', reason: 'is before invoked_at' }
  }
  return {
    ...(invokedAtMs !== undefined && { invoked_at_ms: invokedAtMs }),
    ...(endedAtMs !== undefined && { ended_at_ms: endedAtMs }),
  }
}

/** Reads both durations, each under its name or the other name that is accepted for it. */
function readDurations({
  execution_ms,
  duration_seconds,
  elapsed_ms,
  span_ms,
}: Partial<Observation>): Pick<ObservedFields, 'execution_ms' | 'elapsed_ms'> | Refusal {
  if (execution_ms !== undefined && duration_seconds !== undefined)
    return {
      pointer: '/duration_seconds',
      reason: 'has the same meaning as execution_ms: send only one of them',
    }
  if (elapsed_ms !== undefined && span_ms !== undefined)
    return { pointer: '/span_ms', reason: 'has the same meaning as elapsed_ms: send only one of them' }
  const executionMs = duration_seconds === undefined ? execution_ms : duration_seconds * 1000
  const elapsedMs = elapsed_ms ?? span_ms
  return {
    ...(executionMs !== undefined && { execution_ms: roundToMicroseconds(executionMs) }),
    ...(elapsedMs !== undefined && { elapsed_ms: roundToMicroseconds(elapsedMs) }),
  }
}

/** Durations are kept to the microsecond, so that sums of them can be compared exactly. */
function roundToMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000
}
