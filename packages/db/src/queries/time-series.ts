import { formatInstant, type Kind, type TimeSeriesPoint } from '@skillwatch/schema'
import { COUNT_COLUMNS, completionRate, outcomeCounts } from '../counts.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'
import { mean } from './histogram.ts'
import { kindsOf } from './kinds-of.ts'

const HOUR_MS = 3_600_000

export interface TimeSeriesQuery {
  kind?: Kind
  /** With it the answer is one line per hour and kind. */
  skill_name?: string
  /** Included; the hour in which it lies is given whole. */
  since_ms: number
  /** Excluded; the hour in which it lies is given whole. */
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
  const { skill_name: skillName } = query
  // A name that has one kind only is found by the key, which begins with the kind.
  const kinds =
    query.kind === undefined && skillName !== undefined ? kindsOf(reader, projectId, skillName) : []
  const kind = kinds.length === 1 ? kinds[0] : query.kind
  const rows = all(
    reader.sqlite,
    reader.db
      .selectFrom('skill_time_series')
      .select(['hour_at_ms', 'kind', 'skill_name', ...COUNT_COLUMNS])
      .select(['execution_count', 'execution_ms_sum', 'elapsed_count', 'elapsed_ms_sum'])
      .where('project_id', '=', projectId)
      .where('hour_at_ms', '>=', Math.floor(query.since_ms / HOUR_MS) * HOUR_MS)
      .where('hour_at_ms', '<', query.until_ms)
      .$if(kind !== undefined, (series) => series.where('kind', '=', kind!))
      .$if(skillName !== undefined, (series) => series.where('skill_name', '=', skillName!))
      .$if(query.cursor !== undefined, (series) => {
        const [hour, afterKind, afterName] = decodeCursor(query.cursor!, 'time-series', [
          'integer',
          'string',
          'string',
        ])
        return series.where((eb) =>
          eb(
            eb.refTuple('hour_at_ms', 'kind', 'skill_name'),
            '>',
            eb.tuple(hour as number, afterKind as Kind, afterName as string),
          ),
        )
      })
      .orderBy('hour_at_ms')
      .orderBy('kind')
      .orderBy('skill_name')
      .limit(query.limit + 1)
      .compile(),
  )
  const page = toPage(rows, query.limit, (row) =>
    encodeCursor('time-series', [row.hour_at_ms, row.kind, row.skill_name]),
  )
  return {
    items: page.items.map((row) => ({
      hour_at: formatInstant(row.hour_at_ms),
      kind: row.kind,
      skill_name: row.skill_name,
      ...outcomeCounts(row),
      completion_rate: completionRate(row),
      execution_count: row.execution_count,
      execution_mean_ms: mean(row.execution_count, row.execution_ms_sum),
      elapsed_count: row.elapsed_count,
      elapsed_mean_ms: mean(row.elapsed_count, row.elapsed_ms_sum),
    })),
    next_cursor: page.next_cursor,
  }
}
