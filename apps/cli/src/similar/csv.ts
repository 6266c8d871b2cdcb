import type { Cluster, Recommendation, SimilarSkill } from '@skillwatch/schema'
import { csvLine } from '../csv.ts'

const SIMILAR = [
  ...([
    'kind',
    'skill_name',
    'similar_kind',
    'similar_name',
    'score',
    'co_use_score',
    'text_score',
  ] as const),
  ...(['sessions_with', 'sessions_with_similar', 'sessions_with_both', 'source', 'reason'] as const),
] satisfies readonly (keyof SimilarSkill)[]

const RECOMMENDED = [
  ...(['kind', 'skill_name', 'score', 'source', 'samples', 'sample_unit', 'reason'] as const),
] satisfies readonly (keyof Recommendation)[]

const MEMBER = ['cluster_id', 'cluster_name', 'stability', 'kind', 'skill_name', 'membership_score'] as const

/** Similar skills as CSV (RFC 4180) with a header. */
export function similarCsv(items: readonly SimilarSkill[]): string {
  return [SIMILAR, ...items.map((item) => SIMILAR.map((field) => item[field]))].map(csvLine).join('')
}

/** The same of recommendations. */
export function recommendationsCsv(items: readonly Recommendation[]): string {
  return [RECOMMENDED, ...items.map((item) => RECOMMENDED.map((field) => item[field]))].map(csvLine).join('')
}

/** Clusters with one line for each member. */
export function clustersCsv(items: readonly Cluster[]): string {
  const rows = items.flatMap(({ members, cluster_id, cluster_name, stability }) =>
    members.map(({ kind, skill_name, membership_score }) => [
      ...[cluster_id, cluster_name, stability, kind, skill_name, membership_score],
    ]),
  )
  return [MEMBER, ...rows].map(csvLine).join('')
}
