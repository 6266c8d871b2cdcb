import { getSkillMetrics, type Reader, type SkillMetricsRow, topSkillMetrics } from '@skillwatch/db'
import {
  formatLegacyInstant,
  type LegacyAnomaly,
  type LegacyMetrics,
  type LegacySkill,
  type LegacySkillMetrics,
} from './messages.ts'

const TOP_SKILLS = 10

/**
 * The ten most used skills, or only the one asked for, of kind `skill`. Reads roll-ups. As in session-buddy,
 * anomalies are shown beside all skills only.
 */
export function legacyMetrics(
  reader: Reader,
  projectId: number,
  skill: string | null,
  anomalies: LegacyAnomaly[],
): LegacyMetrics {
  const rows =
    skill === null
      ? topSkillMetrics(reader, projectId, 'skill', TOP_SKILLS)
      : [getSkillMetrics(reader, projectId, 'skill', skill)].filter((row) => row !== undefined)
  return { top_skills: rows.map(toLegacySkill), anomalies: skill === null ? anomalies : [] }
}

/** One skill for `metrics_response`; zeros when nothing is recorded of it. */
export function legacySkillMetrics(reader: Reader, projectId: number, skill: string): LegacySkillMetrics {
  const row = getSkillMetrics(reader, projectId, 'skill', skill)
  return {
    skill_name: skill,
    total_invocations: row?.invocation_count ?? 0,
    completion_rate: row ? completionFraction(row) : 0,
    avg_duration_seconds: row ? averageSeconds(row) : 0,
    last_invocation_at: row ? formatLegacyInstant(row.last_invoked_at_ms) : null,
  }
}

function toLegacySkill(row: SkillMetricsRow): LegacySkill {
  const averageDurationSeconds = averageSeconds(row)
  return {
    skill_name: row.skill_name,
    total_invocations: row.invocation_count,
    completion_rate: 100 * completionFraction(row),
    avg_duration_seconds: averageDurationSeconds,
    invocation_count: row.invocation_count,
    completed_count: row.completed_count,
    avg_duration: averageDurationSeconds,
    last_invocation_at: formatLegacyInstant(row.last_invoked_at_ms),
  }
}

function completionFraction(row: SkillMetricsRow): number {
  const ended = row.invocation_count - row.running_count
  return ended === 0 ? 0 : row.completed_count / ended
}

/** Mean execution time; without one, as in transcripts, the mean time from call to result. */
function averageSeconds(row: SkillMetricsRow): number {
  if (row.execution_count > 0) return row.execution_ms_sum / row.execution_count / 1_000
  return row.elapsed_count > 0 ? row.elapsed_ms_sum / row.elapsed_count / 1_000 : 0
}
