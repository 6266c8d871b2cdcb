import type { Generated, Selectable } from 'kysely'
import type { ReportedCluster, ReportedMembership, ReportedSimilarity } from '../similarity.ts'

/** What the stored similar skills and clusters of a project were computed from. */
export interface SkillSimilarityRunTable {
  project_id: number
  computed_at_ms: number
  since_at_ms: number
  until_at_ms: number
  sessions: number
  sessions_needed: number
  ignored_sessions: number
  skills: number
  left_out_skills: number
  bootstraps: number
  /** Null without clusters. */
  stability: number | null
  stability_needed: number
  unstable_clusters: number
}

interface ReportedRow {
  row_id: Generated<number>
  project_id: number
  /** When it was stored with these numbers. */
  last_updated_at_ms: number
}

/** The most similar skills of each skill. */
export interface SkillSimilarityTable extends ReportedRow, ReportedSimilarity {}

/** Clusters of skills. The table is session-buddy's; its `created_at` is `last_updated_at_ms`. */
export interface SkillClustersTable extends ReportedRow, ReportedCluster {}

/** Which skill is in which cluster. The table is session-buddy's. */
export interface SkillClusterMembershipTable extends ReportedRow, ReportedMembership {}

export type SimilarityRow = Selectable<SkillSimilarityTable>
export type SimilarityRunRow = Selectable<SkillSimilarityRunTable>
export type ClusterRow = Selectable<SkillClustersTable>
export type MembershipRow = Selectable<SkillClusterMembershipTable>
