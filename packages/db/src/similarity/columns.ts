import type {
  ReportedAffinity,
  ReportedCluster,
  ReportedMembership,
  ReportedSimilarity,
} from '@skillwatch/schema'
import type { ReportedColumns } from '../reports/plan.ts'

export const SIMILARITY_COLUMNS: ReportedColumns<ReportedSimilarity> = {
  table: 'skill_similarity',
  storedAt: 'last_updated_at_ms',
  key: ['kind', 'skill_name', 'similar_kind', 'similar_name'],
  values: [
    ...(['score', 'co_use_score', 'text_score'] as const),
    ...(['sessions_with', 'sessions_with_similar', 'sessions_with_both'] as const),
  ],
}

export const CLUSTER_COLUMNS: ReportedColumns<ReportedCluster> = {
  table: 'skill_clusters',
  storedAt: 'last_updated_at_ms',
  key: ['cluster_id'],
  values: ['cluster_name', 'stability', 'skill_count'],
}

export const MEMBERSHIP_COLUMNS: ReportedColumns<ReportedMembership> = {
  table: 'skill_cluster_membership',
  storedAt: 'last_updated_at_ms',
  key: ['kind', 'skill_name'],
  values: ['cluster_id', 'membership_score'],
}

export const AFFINITY_COLUMNS: ReportedColumns<ReportedAffinity> = {
  table: 'skill_affinity',
  storedAt: 'last_updated_at_ms',
  key: ['kind', 'skill_name', 'also_kind', 'also_name'],
  values: ['affinity', 'persons', 'effectiveness'],
}
