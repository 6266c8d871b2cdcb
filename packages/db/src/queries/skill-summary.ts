import {
  DURATION_BOUNDS_MS,
  formatInstant,
  type Kind,
  type OutcomeCounts,
  type SkillSummary,
} from '@skillwatch/schema'
import { completionRate, NO_COUNTS, outcomeCounts } from '../counts.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { durationSummary } from './histogram.ts'
import { sampledDurations } from './sampled-durations.ts'
import { keyText, type SkillKey, skillKeys, wantedKind, wantedName } from './skill-keys.ts'
import { windowCountsOf } from './windows.ts'

const HOUR_MINUTES = 60
export const DAY_MINUTES = 24 * HOUR_MINUTES

/** A row of `skill_metrics` without its project. */
export interface SkillMetricsRow extends OutcomeCounts {
  kind: Kind
  skill_name: string
  execution_count: number
  execution_ms_sum: number
  elapsed_count: number
  elapsed_ms_sum: number
  first_invoked_at_ms: number
  last_invoked_at_ms: number
}

export const METRICS_COLUMNS = [
  'skill_metrics.kind',
  'skill_metrics.skill_name',
  'skill_metrics.invocation_count',
  'skill_metrics.running_count',
  'skill_metrics.completed_count',
  'skill_metrics.failed_count',
  'skill_metrics.rejected_count',
  'skill_metrics.abandoned_count',
  'skill_metrics.execution_count',
  'skill_metrics.execution_ms_sum',
  'skill_metrics.elapsed_count',
  'skill_metrics.elapsed_ms_sum',
  'skill_metrics.first_invoked_at_ms',
  'skill_metrics.last_invoked_at_ms',
] as const

/**
 * Adds windows and quantiles to roll-up rows, with the same number of statements for any number of skills.
 */
export function summarize(
  reader: Reader,
  projectId: number,
  rows: readonly SkillMetricsRow[],
  nowMs: number,
): SkillSummary[] {
  const lastHour = windowCountsOf(reader, projectId, HOUR_MINUTES, nowMs, rows)
  const lastDay = windowCountsOf(reader, projectId, DAY_MINUTES, nowMs, rows)
  const buckets = durationBuckets(reader, projectId, rows)
  const sampled = sampledDurations(reader, projectId, rows)
  return rows.map((row) => {
    const key = keyText(row)
    const { execution, elapsed } = buckets.get(key) ?? noBuckets()
    const day = lastDay.get(key) ?? NO_COUNTS
    const durations = sampled.get(key)
    return {
      kind: row.kind,
      skill_name: row.skill_name,
      ...outcomeCounts(row),
      completion_rate: completionRate(row),
      invocation_count_1h: lastHour.get(key)?.invocation_count ?? 0,
      invocation_count_24h: day.invocation_count,
      completion_rate_24h: completionRate(day),
      execution: durationSummary(row.execution_count, row.execution_ms_sum, execution, durations?.execution),
      elapsed: durationSummary(row.elapsed_count, row.elapsed_ms_sum, elapsed, durations?.elapsed),
      first_invoked_at: formatInstant(row.first_invoked_at_ms),
      last_invoked_at: formatInstant(row.last_invoked_at_ms),
    }
  })
}

interface Buckets {
  execution: number[]
  elapsed: number[]
}

function durationBuckets(
  reader: Reader,
  projectId: number,
  keys: readonly SkillKey[],
): Map<string, Buckets> {
  const rows = all(
    reader.sqlite,
    reader.db
      .selectFrom(skillKeys(keys))
      .crossJoin('skill_duration_bucket as part')
      .select(['part.kind', 'part.skill_name', 'part.measure', 'part.bucket', 'part.invocation_count'])
      .where('part.project_id', '=', projectId)
      .where('part.kind', '=', wantedKind)
      .where('part.skill_name', '=', wantedName)
      .compile(),
  )
  const bySkill = new Map<string, Buckets>()
  for (const row of rows) {
    const key = keyText(row)
    const buckets = bySkill.get(key) ?? noBuckets()
    buckets[row.measure][row.bucket] = row.invocation_count
    bySkill.set(key, buckets)
  }
  return bySkill
}

function noBuckets(): Buckets {
  return { execution: DURATION_BOUNDS_MS.map(() => 0), elapsed: DURATION_BOUNDS_MS.map(() => 0) }
}
