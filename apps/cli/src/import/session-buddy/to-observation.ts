import { type Observation, parseObservation, TEXT_LENGTH_MAX } from '@skillwatch/schema'
import type { SessionBuddyRecord, Source, SourceRow } from './source.ts'
import { readTimestamp, type Timestamp } from './timestamp.ts'

/** The session id that session-buddy gives to calls without a session. */
const NO_SESSION = 'migrated'
/** The duration that session-buddy's newer tracker writes when it knows none. */
const PLACEHOLDER_SECONDS = 0.01

/** Fields without which a row is skipped. */
const REQUIRED: ReadonlySet<string> = new Set([
  'skill_name',
  'session_id',
  'invoked_at',
  'outcome',
  'invocation_id',
])
/** Fields that are copied, if they are valid. */
const COPIED = [
  'duration_seconds',
  'error_type',
  'workflow_path',
  'workflow_phase',
  'workflow_step_id',
  'user_query',
  'alternatives_considered',
  'selection_rank',
  'follow_up_actions',
] as const

/** Assumptions made while reading a row. */
export type Assumption =
  | 'no_zone_read_as_utc'
  | 'no_session_named_migrated'
  | 'no_error_counted_as_abandoned'

export interface Reading {
  /** Undefined when the row is skipped. */
  readonly observation: Observation | undefined
  /** Why the row is skipped: its first wrong field. */
  readonly skipped: string | undefined
  /** Fields that were dropped or shortened, each with its reason. */
  readonly dropped: readonly string[]
  readonly assumed: readonly Assumption[]
}

/** Reads one row of session-buddy as an observation that ingest accepts. Never throws. */
export function toObservation(row: SourceRow, layout: Source['layout'], nowMs: number): Reading {
  const { record, invocationId } = row
  if (record === undefined) return skip('is not an object')
  const timestamp = typeof record.invoked_at === 'string' ? readTimestamp(record.invoked_at) : undefined
  if (timestamp === undefined) return skip('invoked_at: is not a date and time')
  const isCompleted = readFlag(record.completed)
  if (isCompleted === undefined) return skip('completed: is neither true nor false')
  const isUndecided = !isCompleted && isEmpty(record.error_type)
  const dropped: string[] = []
  const candidate: Record<string, unknown> = {
    invocation_id: invocationId,
    skill_name: record.skill_name,
    session_id: isEmpty(record.session_id) ? NO_SESSION : record.session_id,
    witness: 'import',
    invoked_at: timestamp.text,
    outcome: isCompleted ? 'completed' : isUndecided ? 'abandoned' : 'failed',
    ...copiedFields(record, layout, dropped),
  }
  return withoutInvalid(candidate, dropped, assumptions(record, timestamp, isUndecided), nowMs)
}

function assumptions(
  { session_id }: SessionBuddyRecord,
  { isNaive }: Timestamp,
  isUndecided: boolean,
): Assumption[] {
  return [
    ...(isNaive ? (['no_zone_read_as_utc'] as const) : []),
    ...(isEmpty(session_id) ? (['no_session_named_migrated'] as const) : []),
    ...(isUndecided ? (['no_error_counted_as_abandoned'] as const) : []),
  ]
}

/** Drops, one by one, the fields because of which ingest would refuse the observation. */
function withoutInvalid(
  candidate: Record<string, unknown>,
  dropped: string[],
  assumed: readonly Assumption[],
  nowMs: number,
): Reading {
  for (;;) {
    const result = parseObservation(candidate, nowMs, () => '')
    if ('observation' in result) {
      return { observation: candidate as Observation, skipped: undefined, dropped, assumed }
    }
    const field = result.pointer.split('/')[1] ?? ''
    const reason = `${field}: ${result.reason}`
    if (REQUIRED.has(field) || !(field in candidate)) return skip(reason)
    dropped.push(reason)
    delete candidate[field]
  }
}

function copiedFields(
  record: SessionBuddyRecord,
  layout: Source['layout'],
  dropped: string[],
): Record<string, unknown> {
  const fields = Object.fromEntries(
    COPIED.filter((field) => !isEmpty(record[field])).map((field) => [field, record[field]]),
  )
  if (layout === 'new' && fields.duration_seconds === PLACEHOLDER_SECONDS) {
    delete fields.duration_seconds
    dropped.push('duration_seconds: 0.01 is what session-buddy writes when it knows no duration')
  }
  // Some integrations write a whole message where a class of error belongs.
  if (typeof fields.error_type === 'string' && fields.error_type.length > TEXT_LENGTH_MAX) {
    fields.error_type = fields.error_type.slice(0, TEXT_LENGTH_MAX).toWellFormed()
    dropped.push(`error_type: cut to ${TEXT_LENGTH_MAX} characters`)
  }
  return fields
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  )
}

function readFlag(value: unknown): boolean | undefined {
  if (value === 1 || value === true) return true
  return value === 0 || value === false ? false : undefined
}

function skip(reason: string): Reading {
  return { observation: undefined, skipped: reason, dropped: [], assumed: [] }
}
