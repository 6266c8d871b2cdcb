import { formatInstant, type Kind, type TimeSeriesPoint } from '@skillwatch/schema'
import { type InferResult, sql } from 'kysely'
import { COUNT_COLUMNS, completionRate, outcomeCounts } from '../counts.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'
import { mean } from './histogram.ts'
import { kindsOf } from './kinds-of.ts'

const HOUR_MS = 3_600_000

export interface TimeSeriesQuery {
  kind?: Kind
  /** With it the answer has one item per hour and kind. */
  skill_name?: string
  /** Included, with the whole hour that contains it. */
  since_ms: number
  /** Excluded, except that the hour which contains it is given whole. */
  until_ms: number
  limit: number
  cursor?: string
}

/**
 * Hourly counts and means, by hour, kind and name, ascending.
 * @throws {CursorError}
 */
export function timeSeries(
  reader: Reader,
  projectId: number,
  query: TimeSeriesQuery,
): Page<TimeSeriesPoint> {
  const cursor = query.cursor === undefined ? undefined : isAfter(query.cursor)
  const [first, ...others] = searches(reader, projectId, query).map((search) =>
    hourRows(reader, projectId, { ...query, ...search }).$if(cursor !== undefined, (rows) =>
      rows.where(cursor!),
    ),
  )
  if (first === undefined) return { items: [], next_cursor: null }
  const rows = all(
    reader.sqlite,
    others
      .reduce((union, each) => union.unionAll(each), first)
      .orderBy('hour_at_ms')
      .orderBy('kind')
      .orderBy('skill_name')
      .limit(query.limit + 1)
      .compile(),
  )
  const { items, next_cursor } = toPage(rows, query.limit, (row) =>
    encodeCursor('time-series', [row.hour_at_ms, row.kind, row.skill_name]),
  )
  return { items: items.map(toPoint), next_cursor }
}

type Search = Pick<TimeSeriesQuery, 'kind' | 'skill_name'>

/** A name is searched once for each of its kinds: the primary key begins with the kind. */
function searches(reader: Reader, projectId: number, { kind, skill_name }: Search): Search[] {
  if (kind !== undefined || skill_name === undefined) return [{ kind, skill_name }]
  return kindsOf(reader, projectId, skill_name).map((each) => ({ kind: each, skill_name }))
}

function hourRows(
  reader: Reader,
  projectId: number,
  { kind, skill_name, since_ms, until_ms }: TimeSeriesQuery,
) {
  return reader.db
    .selectFrom('skill_time_series')
    .select(['hour_at_ms', 'kind', 'skill_name', ...COUNT_COLUMNS])
    .select(['execution_count', 'execution_ms_sum', 'elapsed_count', 'elapsed_ms_sum'])
    .where('project_id', '=', projectId)
    .where('hour_at_ms', '>=', Math.floor(since_ms / HOUR_MS) * HOUR_MS)
    .where('hour_at_ms', '<', until_ms)
    .$if(kind !== undefined, (rows) => rows.where('kind', '=', kind!))
    .$if(skill_name !== undefined, (rows) => rows.where('skill_name', '=', skill_name!))
}

function isAfter(cursor: string) {
  const [hourAtMs, kind, skillName] = decodeCursor(cursor, 'time-series', ['integer', 'string', 'string'])
  return sql<boolean>`(hour_at_ms, kind, skill_name) > (${hourAtMs}, ${kind}, ${skillName})`
}

type HourRow = InferResult<ReturnType<typeof hourRows>>[number]

function toPoint(row: HourRow): TimeSeriesPoint {
  return {
    hour_at: formatInstant(row.hour_at_ms),
    kind: row.kind,
    skill_name: row.skill_name,
    ...outcomeCounts(row),
    completion_rate: completionRate(row),
    execution_count: row.execution_count,
    execution_mean_ms: mean(row.execution_count, row.execution_ms_sum),
    elapsed_count: row.elapsed_count,
    elapsed_mean_ms: mean(row.elapsed_count, row.elapsed_ms_sum),
  }
}
