import type { Generated, Selectable } from 'kysely'
import type { Finding } from '../finding.ts'
import type { Kind } from '../words.ts'

/**
 * Findings of type `anomaly`. The name is session-buddy's; its `detected_at` is `opened_at_ms` here, and its
 * `anomaly_type` is `subtype`.
 */
export interface SkillAnomaliesTable {
  row_id: Generated<number>
  project_id: number
  finding_id: string
  kind: Kind
  skill_name: string
  metric: Finding['metric']
  subtype: Finding['subtype']
  opened_at_ms: number
  updated_at_ms: number
  /** Null while it is open. */
  resolved_at_ms: number | null
  baseline_value: number
  observed_value: number
  deviation_score: number
  p_value: number
  q_value: number
  /** Numbers of calls. */
  baseline_samples: number
  observed_samples: number
  method: string
  explanation: string
}

export type AnomalyRow = Selectable<SkillAnomaliesTable>

/** The ids of findings that are gone, so that their changes in the log can still name them. */
export interface SkillAnomalyTombstoneTable {
  row_id: number
  project_id: number
  finding_id: string
}

/**
 * The counter that Prometheus reads: findings that were stored while they were new. Counts never decrease.
 * Ids are given in order of appearance.
 */
export interface SkillAnomalySeriesTable {
  series_id: Generated<number>
  project_id: number
  kind: Kind
  skill_name: string
  subtype: Finding['subtype']
  finding_count: number
}
