import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { parseInstant } from './instant.ts'
import { Observation } from './observation.ts'
import type { SpanContext } from './observed-span.ts'
import type { Kind, Outcome, Trigger, Witness } from './words.ts'

/** What a witness reported, in the units of the tables. A field that was not reported is absent. */
export interface ObservedFields {
  kind?: Kind
  skill_name?: string
  session_id?: string
  agent_name?: string
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

/** An observation that passed every check. User id and texts are not hashed yet; recording does that. */
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
   * The witness is a span. Which call it belongs to follows from the spans around it. `invocation_id` is the
   * call's own id where the span carries it, else `<trace_id>-<span_id>`. Session and name may be missing:
   * spans around it may carry them.
   */
  span?: SpanContext
}

export type ParseResult = { observation: ParsedObservation } | { pointer: string; reason: string }

const compiled = Compile(Observation)
const compiledSpan = Compile(Type.Partial(Observation))

/**
 * Checks one item of a request and converts it to the units of the tables. Never throws: for any value the
 * result is an observation, or a JSON pointer with a reason.
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

function toParsed(value: Partial<Observation>, nowMs: number, newId: () => string): ParseResult {
  const {
    invocation_id,
    witness,
    user_id,
    user_query,
    arguments: args,
    result,
    invoked_at,
    ended_at,
    duration_seconds,
    ...reported
  } = value
  const fields: ObservedFields = reported

  const invokedAtMs = invoked_at === undefined ? undefined : parseInstant(invoked_at, nowMs)
  if (typeof invokedAtMs === 'object') return { pointer: '/invoked_at', reason: invokedAtMs.reason }
  const endedAtMs = ended_at === undefined ? undefined : parseInstant(ended_at, nowMs)
  if (typeof endedAtMs === 'object') return { pointer: '/ended_at', reason: endedAtMs.reason }
  if (invokedAtMs !== undefined && endedAtMs !== undefined && endedAtMs < invokedAtMs) {
    return { pointer: '/ended_at', reason: 'is before invoked_at' }
  }
  if (invokedAtMs !== undefined) fields.invoked_at_ms = invokedAtMs
  if (endedAtMs !== undefined) fields.ended_at_ms = endedAtMs

  if (duration_seconds !== undefined) {
    if (fields.execution_ms !== undefined) {
      return {
        pointer: '/duration_seconds',
        reason: 'has the same meaning as execution_ms: send only one of them',
      }
    }
    fields.execution_ms = duration_seconds * 1000
  }
  if (fields.execution_ms !== undefined) fields.execution_ms = roundToMicroseconds(fields.execution_ms)
  if (fields.elapsed_ms !== undefined) fields.elapsed_ms = roundToMicroseconds(fields.elapsed_ms)
  return {
    observation: {
      invocation_id: invocation_id ?? newId(),
      witness: witness ?? 'sdk',
      fields,
      ...(user_id !== undefined && { user_id }),
      ...(user_query !== undefined && { user_query }),
      ...(args !== undefined && { arguments: args }),
      ...(result !== undefined && { result }),
    },
  }
}

/** Durations are rounded to microseconds, so that their sums can be compared exactly. */
function roundToMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000
}

/**
 * One error of the validator, in words. An unknown field comes first, because it is often a misspelt one.
 */
function firstError(
  check: Pick<typeof compiled, 'Errors'>,
  value: unknown,
): { pointer: string; reason: string } {
  const errors = check.Errors(value)
  const unknown = errors.find(
    (error) => error.keyword === 'additionalProperties' && error.instancePath === '',
  )
  if (unknown) {
    const [field] = (unknown.params as { additionalProperties: string[] }).additionalProperties
    return {
      pointer: `${unknown.instancePath}/${escapePointer(field!)}`,
      reason: 'is not a known field; put own fields into attributes',
    }
  }
  const error = errors[0]!
  if (error.keyword === 'required') {
    const [field] = (error.params as { requiredProperties: string[] }).requiredProperties
    return { pointer: `${error.instancePath}/${escapePointer(field!)}`, reason: 'is required' }
  }
  if (error.keyword === 'type' && error.instancePath.startsWith('/attributes/')) {
    return { pointer: error.instancePath, reason: 'must be a string, a number or a boolean' }
  }
  if (error.keyword === 'pattern')
    return { pointer: error.instancePath, reason: 'holds a control character or a lone surrogate' }
  if (error.keyword === 'enum') {
    const { allowedValues } = error.params as { allowedValues: string[] }
    return { pointer: error.instancePath, reason: `must be one of ${allowedValues.join(', ')}` }
  }
  return { pointer: error.instancePath, reason: error.message }
}

/** RFC 6901 section 3. Long keys are shortened, so that an answer does not repeat the body. */
function escapePointer(key: string): string {
  return key.slice(0, 100).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')
}
