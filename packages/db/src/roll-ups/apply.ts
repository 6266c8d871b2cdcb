import type { Database } from '@skillwatch/schema'
import { type Kysely, sql } from 'kysely'
import { COUNT_COLUMNS } from '../counts.ts'
import type { Writer } from '../sqlite/open.ts'
import { prepareSlotted, slot } from '../sqlite/statements.ts'
import { HOUR_MS, MINUTE_MS, type RollUpDeltas } from './deltas.ts'

/**
 * How long minute rows are kept: the 24 hours of the longest window and one hour for its edge. Older minutes are not
 * written and are pruned.
 */
const MINUTE_ROWS_KEPT_MS = 25 * HOUR_MS

const DURATION_SUMS = ['execution_count', 'execution_ms_sum', 'elapsed_count', 'elapsed_ms_sum'] as const

/** The prepared statements that keep the roll-ups; used inside the transaction of the rows (R6). */
export interface RollUpWriter {
  apply(projectId: number, deltas: RollUpDeltas, nowMs: number): void
  /** Deletes minute rows that no window needs any more. */
  prune(nowMs: number): void
}

export function createRollUpWriter({ sqlite, db }: Writer): RollUpWriter {
  const skill = ['project_id', 'kind', 'skill_name'] as const
  const upserts = {
    skills: upsertCounts(db, sqlite, 'skill_metrics', skill, [...COUNT_COLUMNS, ...DURATION_SUMS], {
      first_invoked_at_ms: 'min',
      last_invoked_at_ms: 'max',
    }),
    hours: upsertCounts(
      db,
      sqlite,
      'skill_time_series',
      [...skill, 'hour_at_ms'],
      [...COUNT_COLUMNS, ...DURATION_SUMS],
    ),
    minutes: upsertCounts(
      db,
      sqlite,
      'skill_metrics_cache',
      ['project_id', 'minute_at_ms', 'kind', 'skill_name'],
      COUNT_COLUMNS,
    ),
    buckets: upsertCounts(
      db,
      sqlite,
      'skill_duration_bucket',
      [...skill, 'measure', 'bucket'],
      ['invocation_count'],
    ),
    sessions: upsertCounts(db, sqlite, 'session', ['project_id', 'session_id'], COUNT_COLUMNS, {
      first_invoked_at_ms: 'min',
      last_active_at_ms: 'max',
    }),
    sessionSkills: upsertCounts(
      db,
      sqlite,
      'session_skills',
      ['project_id', 'session_id', 'kind', 'skill_name'],
      ['invocation_count'],
    ),
    witnesses: upsertCounts(
      db,
      sqlite,
      'witness_outcome',
      ['project_id', 'witness', 'outcome'],
      ['invocation_count'],
    ),
    sessionWitnesses: upsertCounts(
      db,
      sqlite,
      'session_witness',
      ['project_id', 'session_id', 'kind', 'outcome', 'witnesses'],
      ['invocation_count'],
    ),
  }
  const rereadSkill = sqlite.prepare(`update skill_metrics set
    first_invoked_at_ms = (select min(invoked_at_ms) from skill_invocation i where i.project_id = @project_id and i.kind = @kind and i.skill_name = @skill_name),
    last_invoked_at_ms = (select max(invoked_at_ms) from skill_invocation i where i.project_id = @project_id and i.kind = @kind and i.skill_name = @skill_name)
    where project_id = @project_id and kind = @kind and skill_name = @skill_name`)
  const rereadSession = sqlite.prepare(`update session set (first_invoked_at_ms, last_active_at_ms) =
    (select min(invoked_at_ms), max(max(invoked_at_ms, coalesce(ended_at_ms, 0))) from skill_invocation i where i.project_id = @project_id and i.session_id = @session_id)
    where project_id = @project_id and session_id = @session_id`)
  const prune = sqlite.prepare('delete from skill_metrics_cache where minute_at_ms < ?')

  return {
    apply(project_id, deltas, nowMs) {
      for (const { key, delta, invoked } of deltas.skills.values()) {
        const { first_ms: first_invoked_at_ms, last_ms: last_invoked_at_ms } = invoked
        const remains = upserts.skills({
          project_id,
          ...key,
          ...delta,
          first_invoked_at_ms,
          last_invoked_at_ms,
        })
        if (invoked.stale && remains) rereadSkill.run({ project_id, ...key })
      }
      for (const { key, delta, active } of deltas.sessions.values()) {
        const { first_ms: first_invoked_at_ms, last_ms: last_active_at_ms } = active
        const remains = upserts.sessions({
          project_id,
          ...key,
          ...delta,
          first_invoked_at_ms,
          last_active_at_ms,
        })
        if (active.stale && remains) rereadSession.run({ project_id, ...key })
      }
      for (const { key, delta } of deltas.hours.values()) upserts.hours({ project_id, ...key, ...delta })
      for (const { key, delta } of deltas.minutes.values()) {
        if (key.minute_at_ms >= oldestMinute(nowMs)) upserts.minutes({ project_id, ...key, ...delta })
      }
      for (const { key, invocation_count } of deltas.buckets.values())
        upserts.buckets({ project_id, ...key, invocation_count })
      for (const { key, invocation_count } of deltas.sessionSkills.values())
        upserts.sessionSkills({ project_id, ...key, invocation_count })
      for (const { key, invocation_count } of deltas.witnesses.values())
        upserts.witnesses({ project_id, ...key, invocation_count })
      for (const { key, invocation_count } of deltas.sessionWitnesses.values())
        upserts.sessionWitnesses({ project_id, ...key, invocation_count })
    },
    prune(nowMs) {
      prune.run(oldestMinute(nowMs))
    },
  }
}

/** The oldest minute whose row is kept at this instant. */
export function oldestMinute(nowMs: number): number {
  return Math.ceil((nowMs - MINUTE_ROWS_KEPT_MS) / MINUTE_MS) * MINUTE_MS
}

type Table =
  | 'skill_metrics'
  | 'skill_time_series'
  | 'skill_metrics_cache'
  | 'skill_duration_bucket'
  | 'session'
  | 'session_skills'
  | 'witness_outcome'
  | 'session_witness'

/**
 * A function that adds a delta to a row, makes the row when it is missing, and deletes it when it counts nothing any
 * more. Returns whether the row exists afterwards. A delta that adds nothing writes nothing.
 */
function upsertCounts(
  db: Kysely<Database>,
  sqlite: Writer['sqlite'],
  table: Table,
  key: readonly string[],
  counters: readonly string[],
  extremes: Record<string, 'min' | 'max'> = {},
): (values: Record<string, unknown>) => boolean {
  const columns = [...key, ...counters, ...Object.keys(extremes)]
  const added = Object.fromEntries(counters.map((column) => [column, sum(column)]))
  const widened = Object.entries(extremes).map(([column, of]) => [
    column,
    sql.raw(`${of}(${column}, excluded.${column})`),
  ])
  const upsert = prepareSlotted(
    sqlite,
    // The builder's types follow one table; this statement is the same for eight, and a test runs each of them.
    (db as unknown as Kysely<Record<Table, Record<string, unknown>>>)
      .insertInto(table)
      .values(Object.fromEntries(columns.map((column) => [column, slot(column)])))
      .onConflict((conflict) =>
        conflict.columns([...key]).doUpdateSet({ ...added, ...Object.fromEntries(widened) }),
      )
      .compile(),
  )
  const deleteEmpty = sqlite.prepare<unknown[]>(
    `delete from ${table} where ${key.map((column) => `${column} = ?`).join(' and ')} and invocation_count = 0`,
  )
  return (values) => {
    if (Object.keys(extremes).length > 0 || counters.some((column) => values[column] !== 0))
      upsert.run(values)
    if ((values.invocation_count as number) > 0) return true
    return deleteEmpty.run(...key.map((column) => values[column])).changes === 0
  }
}

/**
 * Sums of durations are rounded to the microsecond at each step. As every addend is a whole number of microseconds,
 * the sum is exact, whatever the order of additions and subtractions.
 */
function sum(column: string) {
  return column.endsWith('_ms_sum')
    ? sql.raw(`round(${column} + excluded.${column}, 3)`)
    : sql.raw(`${column} + excluded.${column}`)
}
