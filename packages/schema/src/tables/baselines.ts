import type { Selectable } from 'kysely'
import type { Kind } from '../words.ts'

/**
 * What is usual for a skill over all persons. The names are session-buddy's; its `last_updated` is
 * `last_updated_at_ms` here.
 */
export interface SkillCommunityBaselinesTable {
  project_id: number
  kind: Kind
  skill_name: string
  total_users: number
  total_invocations: number
  /** 0-1, like its interval. */
  global_completion_rate: number
  completion_rate_low: number
  completion_rate_high: number
  /** Null when it may show what one person did. */
  global_avg_duration_seconds: number | null
  /** Null when it may show what one person did. */
  most_common_workflow_phase: string | null
  /** 0-100, like its interval; null with too few skills. */
  effectiveness_percentile: number | null
  effectiveness_percentile_low: number | null
  effectiveness_percentile_high: number | null
  last_updated_at_ms: number
}

export type BaselineRow = Selectable<SkillCommunityBaselinesTable>

/** The run that the baselines of a project are from. */
export interface SkillBaselineRunTable {
  project_id: number
  since_ms: number
  until_ms: number
  computed_at_ms: number
  persons: number
  /** Numbers of skills. */
  too_few_persons: number
  mostly_one_person: number
  calls_without_user: number
}

export type BaselineRunRow = Selectable<SkillBaselineRunTable>
