import type { OutcomeCounts } from '@skillwatch/schema'
import { sql } from 'kysely'
import { COUNT_COLUMNS } from '../counts.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { keyText, type SkillKey, skillKeys, wantedKind, wantedName } from './skill-keys.ts'
import { type TimeRange, type WindowParts, windowParts } from './window-parts.ts'

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

type PartRow = SkillKey & OutcomeCounts

/** Up to so many skills are searched one by one; for more, the whole window is read once. */
const SEARCHED_SKILLS_MAX = 20

/**
 * Counts of these skills, and possibly of others, in the last `minutes` minutes, by `keyText`. Skills without
 * a call in them are absent.
 */
export function windowCountsOf(
  reader: Reader,
  projectId: number,
  minutes: number,
  nowMs: number,
  keys: readonly SkillKey[],
): Map<string, OutcomeCounts> {
  const query =
    keys.length > SEARCHED_SKILLS_MAX
      ? windowCounts(reader, projectId, minutes, nowMs)
      : searchedCounts(reader, projectId, windowParts(minutes, nowMs), keys)
  return new Map(all(reader.sqlite, query.compile()).map((row) => [keyText(row), row]))
}

function searchedCounts(
  reader: Reader,
  projectId: number,
  { leadingMinutes, hours, trailingMinutes }: WindowParts,
  keys: readonly SkillKey[],
) {
  const parts = hourRowsOf(reader, projectId, hours, keys)
    .unionAll(minuteRowsOf(projectId, leadingMinutes, keys))
    .unionAll(minuteRowsOf(projectId, trailingMinutes, keys))
  return summed(reader, parts)
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

/**
 * Searches skill by skill, so that minutes of other skills are not read. SQLite has no statistics, and would
 * read all minutes of the range for each skill.
 */
function minuteRowsOf(projectId: number, [from, to]: TimeRange, keys: readonly SkillKey[]) {
  return sql<PartRow>`
    select ${sql.join(PART_COLUMNS.map((column) => sql.ref(column)))}
    from ${skillKeys(keys)} cross join skill_metrics_cache part indexed by skill_metrics_cache_by_skill
    where part.project_id = ${projectId} and part.kind = ${wantedKind} and part.skill_name = ${wantedName}
      and part.minute_at_ms >= ${from} and part.minute_at_ms < ${to}`
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
