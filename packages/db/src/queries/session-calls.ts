import type { Kind, Outcome } from '@skillwatch/schema'
import { hasDuration } from '../roll-ups/call-counters.ts'
import type { Reader } from '../sqlite/open.ts'
import { prepared } from '../sqlite/statements.ts'
import type { TimeRange } from './window-parts.ts'

/** A call of a session, with its end and its phase. */
export interface CallOfSession {
  readonly kind: Kind
  readonly skill_name: string
  readonly workflow_phase: string | null
  readonly invoked_at_ms: number
  /** Null while it runs. Where no witness reports it, the start and the duration. */
  readonly ended_at_ms: number | null
  readonly outcome: Outcome
  /** Of calls that ran to their end. */
  readonly duration_ms: number | null
}

const SELECT_SESSIONS = `select session_id from session indexed by session_by_activity
  where project_id = ? and last_active_at_ms >= ? and first_invoked_at_ms < ?`

const COLUMNS = `kind, skill_name, workflow_phase, invoked_at_ms, ended_at_ms, outcome,
    coalesce(elapsed_ms, execution_ms) as duration_ms
  from skill_invocation indexed by skill_invocation_by_session
  where project_id = ? and session_id = ? and invoked_at_ms < ?`

/**
 * The calls of each session that has one in a range, from the begin of the session up to the end of the
 * range, in any order. One session is held in memory at a time. The cost follows the calls of these
 * sessions: it is for analysis, not for requests. Read it inside `snapshot`.
 */
export function* sessionCalls(
  { sqlite }: Reader,
  projectId: number,
  [from, to]: TimeRange,
): Generator<CallOfSession[]> {
  const sessions = prepared(sqlite, SELECT_SESSIONS).pluck().iterate(projectId, from, to)
  const ofSession = prepared(sqlite, `select ${COLUMNS}`)
  for (const sessionId of sessions as IterableIterator<string>)
    yield (ofSession.all(projectId, sessionId, to) as CallOfSession[]).map(toCall)
}

/** The last calls of a session that began before an instant, in the order in which they began. */
export function lastCallsOfSession(
  { sqlite }: Reader,
  projectId: number,
  sessionId: string,
  { beforeMs, limit }: { readonly beforeMs: number; readonly limit: number },
): CallOfSession[] {
  const last = prepared(sqlite, `select ${COLUMNS} order by invoked_at_ms desc limit ?`)
  return (last.all(projectId, sessionId, beforeMs, limit) as CallOfSession[]).map(toCall).reverse()
}

function toCall(row: CallOfSession): CallOfSession {
  const { ended_at_ms, invoked_at_ms, duration_ms, outcome } = row
  return {
    ...row,
    ended_at_ms: outcome === 'running' ? null : (ended_at_ms ?? invoked_at_ms + (duration_ms ?? 0)),
    duration_ms: hasDuration(outcome) ? duration_ms : null,
  }
}
