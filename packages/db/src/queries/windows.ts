import type { OutcomeCounts } from '@skillwatch/schema'
import { COUNT_COLUMNS } from '../counts.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { keyText, type SkillKey, skillKeys, wantedKind, wantedName } from './skill-keys.ts'
import { type TimeRange, windowParts } from './window-parts.ts'

const PART_COLUMNS = [
  'part.kind',
  'part.skill_name',
  'part.invocation_count',
  'part.running_count',
  'part.completed_count',
  'part.failed_count',
  'part.rejected_count',
  'part.abandoned_count',
] as const

/**
 * Counts of these skills in the last `minutes` minutes, by `keyText`. Skills without a call in them are
 * absent.
 */
export function windowCountsOf(
  reader: Reader,
  projectId: number,
  minutes: number,
  nowMs: number,
  keys: readonly SkillKey[],
): Map<string, OutcomeCounts> {
  const { leadingMinutes, hours, trailingMinutes } = windowParts(minutes, nowMs)
  const parts = minuteRowsOf(reader, projectId, leadingMinutes, keys)
    .unionAll(minuteRowsOf(reader, projectId, trailingMinutes, keys))
    .unionAll(hourRowsOf(reader, projectId, hours, keys))
  const rows = all(reader.sqlite, summed(reader, parts).compile())
  return new Map(rows.map((row) => [keyText(row), row]))
}

/** Counts of all skills of the project in the last `minutes` minutes, as a query to join with. */
export function windowCounts(reader: Reader, projectId: number, minutes: number, nowMs: number) {
  const { leadingMinutes, hours, trailingMinutes } = windowParts(minutes, nowMs)
  const parts = minuteRows(reader, projectId, leadingMinutes)
    .unionAll(minuteRows(reader, projectId, trailingMinutes))
    .unionAll(hourRows(reader, projectId, hours))
  return summed(reader, parts)
}

function summed(reader: Reader, parts: ReturnType<typeof minuteRows>) {
  return reader.db
    .selectFrom(parts.as('part'))
    .select(['part.kind', 'part.skill_name'])
    .select((eb) => COUNT_COLUMNS.map((column) => eb.fn.sum<number>(`part.${column}`).as(column)))
    .groupBy(['part.kind', 'part.skill_name'])
}

function minuteRows(reader: Reader, projectId: number, [from, to]: TimeRange) {
  return reader.db
    .selectFrom('skill_metrics_cache as part')
    .select(PART_COLUMNS)
    .where('part.project_id', '=', projectId)
    .where('part.minute_at_ms', '>=', from)
    .where('part.minute_at_ms', '<', to)
}

function hourRows(reader: Reader, projectId: number, [from, to]: TimeRange) {
  return reader.db
    .selectFrom('skill_time_series as part')
    .select(PART_COLUMNS)
    .where('part.project_id', '=', projectId)
    .where('part.hour_at_ms', '>=', from)
    .where('part.hour_at_ms', '<', to)
}

/** Searches skill by skill, so that minutes of other skills are not read. */
function minuteRowsOf(reader: Reader, projectId: number, [from, to]: TimeRange, keys: readonly SkillKey[]) {
  return reader.db
    .selectFrom(skillKeys(keys))
    .crossJoin('skill_metrics_cache as part')
    .select(PART_COLUMNS)
    .where('part.project_id', '=', projectId)
    .where('part.kind', '=', wantedKind)
    .where('part.skill_name', '=', wantedName)
    .where('part.minute_at_ms', '>=', from)
    .where('part.minute_at_ms', '<', to)
}

function hourRowsOf(reader: Reader, projectId: number, [from, to]: TimeRange, keys: readonly SkillKey[]) {
  return reader.db
    .selectFrom(skillKeys(keys))
    .crossJoin('skill_time_series as part')
    .select(PART_COLUMNS)
    .where('part.project_id', '=', projectId)
    .where('part.kind', '=', wantedKind)
    .where('part.skill_name', '=', wantedName)
    .where('part.hour_at_ms', '>=', from)
    .where('part.hour_at_ms', '<', to)
}
