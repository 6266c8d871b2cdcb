import type { Generated } from 'kysely'
import type { Kind, Outcome } from '../words.ts'

/**
 * The counters that Prometheus reads: live invocations by labels. Counts never decrease. Ids are given in
 * order of appearance.
 */
export interface SkillLiveSeriesTable {
  series_id: Generated<number>
  project_id: number
  kind: Kind
  skill_name: string
  workflow_phase: string
  outcome: Outcome
  invocation_count: number
  execution_count: number
  execution_ms_sum: number
  /** The part of each counter that counts deleted rows. */
  deleted_invocation_count: Generated<number>
  deleted_execution_count: Generated<number>
  deleted_execution_ms_sum: Generated<number>
  /** 1 when the skill was deleted: the labels are gone, and the id stays for the rows that it counted. */
  retired: Generated<0 | 1>
}

/**
 * Duration histogram of a live series. `bucket` is an index into DURATION_BOUNDS_MS. The counts are not
 * cumulative.
 */
export interface SkillLiveBucketTable {
  series_id: number
  bucket: number
  invocation_count: number
  deleted_invocation_count: Generated<number>
}
