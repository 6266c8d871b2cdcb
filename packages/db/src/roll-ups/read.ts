import {
  DURATION_BOUNDS_MS,
  type Outcome,
  type SkillLiveSeriesTable,
  type Witness,
} from '@skillwatch/schema'
import { type Selectable, sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'

const SERIES_COLUMNS = [
  'series_id',
  'kind',
  'skill_name',
  'workflow_phase',
  'outcome',
  'invocation_count',
  'execution_count',
  'execution_ms_sum',
] as const

/**
 * Live counters under one set of labels, with a histogram per bound of DURATION_BOUNDS_MS (not cumulative).
 * The phase is empty when no witness reported one.
 */
export interface LiveSeries extends Pick<Selectable<SkillLiveSeriesTable>, (typeof SERIES_COLUMNS)[number]> {
  buckets: number[]
}

/** A session is active for this long after the last start or end of an invocation. */
const ACTIVE_SESSION_MS = 15 * 60_000

/** All live series of a project, in order of their creation. */
export function liveSeries({ sqlite, db }: Reader, projectId: number): LiveSeries[] {
  // The one place that says which series are shown: both reads below begin with it.
  const shown = db
    .selectFrom('skill_live_series as series')
    .where('series.project_id', '=', projectId)
    .where('series.retired', '=', 0)
  const series = all(sqlite, shown.select(SERIES_COLUMNS).orderBy('series.series_id').compile())
  const buckets = all(
    sqlite,
    shown
      .innerJoin('skill_live_bucket as part', 'part.series_id', 'series.series_id')
      .select(['part.series_id', 'part.bucket', 'part.invocation_count'])
      .compile(),
  )
  const histograms = new Map(series.map(({ series_id }) => [series_id, DURATION_BOUNDS_MS.map(() => 0)]))
  for (const { series_id, bucket, invocation_count } of buckets)
    histograms.get(series_id)![bucket] = invocation_count
  return series.map((labels) => ({ ...labels, buckets: histograms.get(labels.series_id)! }))
}

/**
 * Invocations by witness and outcome. The counts may fall: a running invocation gets another outcome when it
 * ends.
 */
export function witnessOutcomes(
  { sqlite, db }: Reader,
  projectId: number,
): { witness: Witness; outcome: Outcome; invocation_count: number }[] {
  return all(
    sqlite,
    db
      .selectFrom('witness_outcome')
      .select(['witness', 'outcome', 'invocation_count'])
      .where('project_id', '=', projectId)
      .orderBy('witness')
      .orderBy('outcome')
      .compile(),
  )
}

/** Sessions with a start or end of an invocation within the last 15 minutes. */
export function activeSessionCount({ sqlite, db }: Reader, projectId: number, nowMs: number): number {
  const query = db
    .selectFrom('session')
    .select((eb) => eb.fn.countAll<number>().as('sessions'))
    .where('project_id', '=', projectId)
    .where('last_active_at_ms', '>', nowMs - ACTIVE_SESSION_MS)
  return first(sqlite, query.compile())!.sessions
}

/** Size of the database without its log, in bytes. */
export function databaseBytes({ sqlite, db }: Reader): number {
  const query = sql<{
    bytes: number
  }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`
  return first(sqlite, query.compile(db))!.bytes
}
