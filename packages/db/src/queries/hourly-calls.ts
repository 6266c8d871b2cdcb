import { durationBucket, type Kind, type Outcome } from '@skillwatch/schema'
import { hasDuration } from '../roll-ups/call-counters.ts'
import type { Reader } from '../sqlite/open.ts'
import { all, prepared } from '../sqlite/statements.ts'
import { floorTo, HOUR_MS } from '../time.ts'
import { FollowCounter } from './follow-counter.ts'
import type { SkillKey } from './skill-keys.ts'
import type { TimeRange } from './window-parts.ts'

/** What one skill did in one hour. A call counts in the hour in which it ended: from then on it is known. */
export interface HourlyCalls {
  readonly kind: Kind
  readonly skill_name: string
  readonly hour_at_ms: number
  readonly invocation_count: number
  readonly completed_count: number
  readonly failed_count: number
  readonly rejected_count: number
  readonly abandoned_count: number
  /** By bucket of DURATION_BOUNDS_MS, not cumulative; zeros at the end are left out. */
  readonly duration_counts: readonly number[]
  /** How often each skill or tool was the next call of the session, in the hour in which both had ended. */
  readonly follow_counts: Readonly<Record<string, number>>
}

/**
 * When a call ended, as far as `skill_invocation_by_skill` has it: without a duration, when it began. The
 * elapsed time is preferred, as every witness can report it: otherwise a witness that is added later would
 * look like a change of the skill.
 */
const CALL_COLUMNS = `
  invoked_at_ms, outcome, coalesce(elapsed_ms, execution_ms) as duration_ms
  from skill_invocation`

/** In the order of the index, which has all columns, so that no row is read. */
const SELECT_OF_SKILL = `select ${CALL_COLUMNS} indexed by skill_invocation_by_skill
  where project_id = ? and kind = ? and skill_name = ? and invoked_at_ms >= ? and invoked_at_ms < ?
    and outcome <> 'running'`

const SELECT_SESSIONS = `select session_id from session indexed by session_by_activity
  where project_id = ? and last_active_at_ms >= ? and first_invoked_at_ms < ?`

/** Calls that began together are ordered by what they are, so that the order of arrival does not matter. */
const SELECT_OF_SESSION = `select kind, skill_name, ${CALL_COLUMNS} indexed by skill_invocation_by_session
  where project_id = ? and session_id = ? and invoked_at_ms >= ? and invoked_at_ms < ?
    and outcome <> 'running'
  order by invoked_at_ms, kind, skill_name, duration_ms`

/**
 * Hourly counts of all skills, of the calls that began and ended in a range of whole hours, ordered by kind,
 * name and hour. Calls that still run are not counted. The cost follows the calls in the range: it is for
 * analysis, not for requests. Read it inside `snapshot`.
 */
export function* hourlyCalls(reader: Reader, projectId: number, range: TimeRange): Generator<HourlyCalls> {
  const follows = countFollows(reader, projectId, range)
  for (const skill of skillsIn(reader, projectId, range)) {
    const hours = countHours(reader, projectId, skill, range)
    for (const [hourAtMs, counts] of follows.take(skill))
      hourOf(hours, skill, hourAtMs).follow_counts = counts
    yield* [...hours.values()].sort((a, b) => a.hour_at_ms - b.hour_at_ms)
  }
}

/** Skills that may have a call in the range. */
function skillsIn({ sqlite, db }: Reader, projectId: number, [from, to]: TimeRange): SkillKey[] {
  const query = db
    .selectFrom('skill_metrics')
    .select(['kind', 'skill_name'])
    .where('project_id', '=', projectId)
    .where('last_invoked_at_ms', '>=', from)
    .where('first_invoked_at_ms', '<', to)
    .orderBy('kind')
    .orderBy('skill_name')
  return all(sqlite, query.compile())
}

type Counting = { -readonly [Name in keyof HourlyCalls]: HourlyCalls[Name] } & { duration_counts: number[] }
type EndedCall = [invokedAtMs: number, outcome: Exclude<Outcome, 'running'>, durationMs: number | null]

const NO_FOLLOWS = {}

function hourOf(hours: Map<number, Counting>, { kind, skill_name }: SkillKey, hourAtMs: number): Counting {
  const known = hours.get(hourAtMs)
  if (known !== undefined) return known
  const counting: Counting = {
    kind,
    skill_name,
    hour_at_ms: hourAtMs,
    invocation_count: 0,
    completed_count: 0,
    failed_count: 0,
    rejected_count: 0,
    abandoned_count: 0,
    duration_counts: [],
    follow_counts: NO_FOLLOWS,
  }
  hours.set(hourAtMs, counting)
  return counting
}

function countHours(
  { sqlite }: Reader,
  projectId: number,
  skill: SkillKey,
  [from, to]: TimeRange,
): Map<number, Counting> {
  const hours = new Map<number, Counting>()
  const ofSkill = prepared(sqlite, SELECT_OF_SKILL).raw()
  const calls = ofSkill.iterate(projectId, skill.kind, skill.skill_name, from, to)
  for (const [invokedAtMs, outcome, durationMs] of calls as IterableIterator<EndedCall>) {
    const endedAtMs = invokedAtMs + (durationMs ?? 0)
    if (endedAtMs >= to) continue
    const counts = hourOf(hours, skill, floorTo(endedAtMs, HOUR_MS))
    counts.invocation_count += 1
    counts[`${outcome}_count`] += 1
    if (durationMs !== null && hasDuration(outcome))
      countBucket(counts.duration_counts, durationBucket(durationMs))
  }
  return hours
}

export function countBucket(counts: number[], bucket: number): void {
  while (counts.length <= bucket) counts.push(0)
  counts[bucket]! += 1
}

type SequencedCall = [kind: Kind, skillName: string, ...EndedCall]

/** What was called next after what, session by session, so that only one call of each is held in memory. */
function countFollows({ sqlite }: Reader, projectId: number, range: TimeRange): FollowCounter {
  const [from, to] = range
  const follows = new FollowCounter(range)
  const sessions = prepared(sqlite, SELECT_SESSIONS).pluck().iterate(projectId, from, to)
  const ofSession = prepared(sqlite, SELECT_OF_SESSION).raw()
  for (const sessionId of sessions as IterableIterator<string>) {
    follows.begin()
    const calls = ofSession.iterate(projectId, sessionId, from, to) as IterableIterator<SequencedCall>
    for (const [kind, skill_name, invokedAtMs, , durationMs] of calls) {
      const endedAtMs = invokedAtMs + (durationMs ?? 0)
      if (endedAtMs < to) follows.add({ kind, skill_name }, endedAtMs)
    }
  }
  return follows
}
