import {
  type DurationSums,
  durationBucket,
  type Kind,
  type Outcome,
  type OutcomeCounts,
  type Witness,
} from '@skillwatch/schema'
import type { ResolvedRow } from '../recording/resolve.ts'

/** What is added to the counters of a roll-up row; negative values take back what an earlier version of a row had added. */
type CountDelta = OutcomeCounts & DurationSums

interface SkillKey {
  kind: Kind
  skill_name: string
}

/** Smallest and largest instant seen; `stale` says that an old extreme may be gone and both must be read again. */
interface Extremes {
  first_ms: number
  last_ms: number
  stale: boolean
}

/** All changes of all roll-ups of one project that one group of observations causes. */
export interface RollUpDeltas {
  skills: Map<string, { key: SkillKey; delta: CountDelta; invoked: Extremes }>
  hours: Map<string, { key: SkillKey & { hour_at_ms: number }; delta: CountDelta }>
  minutes: Map<string, { key: SkillKey & { minute_at_ms: number }; delta: CountDelta }>
  buckets: Map<
    string,
    { key: SkillKey & { measure: 'execution' | 'elapsed'; bucket: number }; invocation_count: number }
  >
  sessions: Map<string, { key: { session_id: string }; delta: CountDelta; active: Extremes }>
  sessionSkills: Map<string, { key: SkillKey & { session_id: string }; invocation_count: number }>
  witnesses: Map<string, { key: { witness: Witness; outcome: Outcome }; invocation_count: number }>
  sessionWitnesses: Map<
    string,
    {
      key: { session_id: string; kind: Kind; outcome: Outcome; witnesses: string }
      invocation_count: number
    }
  >
}

export const HOUR_MS = 3_600_000
export const MINUTE_MS = 60_000

/** Durations count once a call really ran to its end: a refused or abandoned call has waited, not worked. */
export function hasDuration(outcome: Outcome): boolean {
  return outcome === 'completed' || outcome === 'failed'
}

/** Latest sign of life of an invocation. */
export function lastActiveAtMs(row: Pick<ResolvedRow, 'invoked_at_ms' | 'ended_at_ms'>): number {
  return Math.max(row.invoked_at_ms, row.ended_at_ms ?? 0)
}

export function emptyDeltas(): RollUpDeltas {
  return {
    skills: new Map(),
    hours: new Map(),
    minutes: new Map(),
    buckets: new Map(),
    sessions: new Map(),
    sessionSkills: new Map(),
    witnesses: new Map(),
    sessionWitnesses: new Map(),
  }
}

/** Adds what a new version of a row changes: its own part, minus the part of the version before. */
export function addRowChange(
  deltas: RollUpDeltas,
  before: ResolvedRow | undefined,
  after: ResolvedRow,
): void {
  if (before !== undefined) {
    const movedSkill = before.kind !== after.kind || before.skill_name !== after.skill_name
    const movedSession = before.session_id !== after.session_id
    const { skill, session } = addRow(deltas, before, -1)
    skill.invoked.stale ||= movedSkill || before.invoked_at_ms !== after.invoked_at_ms
    session.active.stale ||=
      movedSession ||
      after.invoked_at_ms > before.invoked_at_ms ||
      lastActiveAtMs(after) < lastActiveAtMs(before)
  }
  const { skill, session } = addRow(deltas, after, 1)
  widen(skill.invoked, after.invoked_at_ms, after.invoked_at_ms)
  widen(session.active, after.invoked_at_ms, lastActiveAtMs(after))
}

/** Takes back all that a row which goes away had added. */
export function addRowRemoval(deltas: RollUpDeltas, row: ResolvedRow): void {
  const { skill, session } = addRow(deltas, row, -1)
  skill.invoked.stale = true
  session.active.stale = true
}

/** Adds (`sign` 1) or takes back (`sign` -1) one row's part of every counter. */
function addRow(deltas: RollUpDeltas, row: ResolvedRow, sign: 1 | -1) {
  const { kind, skill_name, session_id } = row
  // Names cannot hold control characters, so NUL keeps the parts of a key apart.
  const skillId = `${kind}\0${skill_name}`
  const hour_at_ms = floorTo(row.invoked_at_ms, HOUR_MS)
  const minute_at_ms = floorTo(row.invoked_at_ms, MINUTE_MS)

  const skill = upsert(deltas.skills, skillId, () => ({
    key: { kind, skill_name },
    delta: zero(),
    invoked: noExtremes(),
  }))
  count(skill.delta, row, sign)

  const hour = upsert(deltas.hours, `${skillId}\0${hour_at_ms}`, () => ({
    key: { kind, skill_name, hour_at_ms },
    delta: zero(),
  }))
  count(hour.delta, row, sign)
  const minute = upsert(deltas.minutes, `${skillId}\0${minute_at_ms}`, () => ({
    key: { kind, skill_name, minute_at_ms },
    delta: zero(),
  }))
  count(minute.delta, row, sign)

  const session = upsert(deltas.sessions, session_id, () => ({
    key: { session_id },
    delta: zero(),
    active: noExtremes(),
  }))
  count(session.delta, row, sign)
  upsert(deltas.sessionSkills, `${session_id}\0${skillId}`, () => ({
    key: { session_id, kind, skill_name },
    invocation_count: 0,
  })).invocation_count += sign

  const { outcome, witnesses } = row
  upsert(deltas.sessionWitnesses, `${session_id}\0${kind}\0${outcome}\0${witnesses}`, () => ({
    key: { session_id, kind, outcome, witnesses },
    invocation_count: 0,
  })).invocation_count += sign
  for (const witness of row.witnesses.split(',') as Witness[]) {
    const key = { witness, outcome: row.outcome }
    upsert(deltas.witnesses, `${witness}\0${row.outcome}`, () => ({
      key,
      invocation_count: 0,
    })).invocation_count += sign
  }
  for (const measure of ['execution', 'elapsed'] as const) {
    const durationMs = row[`${measure}_ms`]
    if (durationMs === null || !hasDuration(row.outcome)) continue
    const bucket = durationBucket(durationMs)
    const key = { kind, skill_name, measure, bucket }
    upsert(deltas.buckets, `${skillId}\0${measure}\0${bucket}`, () => ({
      key,
      invocation_count: 0,
    })).invocation_count += sign
  }
  return { skill, session }
}

function count(delta: CountDelta, row: ResolvedRow, sign: 1 | -1): void {
  delta.invocation_count += sign
  delta[`${row.outcome}_count`] += sign
  if (!hasDuration(row.outcome)) return
  if (row.execution_ms !== null) {
    delta.execution_count += sign
    delta.execution_ms_sum = roundToMicroseconds(delta.execution_ms_sum + sign * row.execution_ms)
  }
  if (row.elapsed_ms !== null) {
    delta.elapsed_count += sign
    delta.elapsed_ms_sum = roundToMicroseconds(delta.elapsed_ms_sum + sign * row.elapsed_ms)
  }
}

/** Every addend is a whole number of microseconds, so rounding at each step keeps the sum exact. */
function roundToMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000
}

function widen(extremes: Extremes, firstMs: number, lastMs: number): void {
  extremes.first_ms = Math.min(extremes.first_ms, firstMs)
  extremes.last_ms = Math.max(extremes.last_ms, lastMs)
}

function zero(): CountDelta {
  return {
    invocation_count: 0,
    running_count: 0,
    completed_count: 0,
    failed_count: 0,
    rejected_count: 0,
    abandoned_count: 0,
    execution_count: 0,
    execution_ms_sum: 0,
    elapsed_count: 0,
    elapsed_ms_sum: 0,
  }
}

function noExtremes(): Extremes {
  return { first_ms: Number.MAX_SAFE_INTEGER, last_ms: Number.MIN_SAFE_INTEGER, stale: false }
}

function floorTo(instantMs: number, unitMs: number): number {
  return Math.floor(instantMs / unitMs) * unitMs
}

function upsert<V>(map: Map<string, V>, key: string, create: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = create()
    map.set(key, value)
  }
  return value
}
