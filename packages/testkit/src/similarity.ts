import {
  type AffinityReport,
  formatInstant,
  type ReportedAffinity,
  type ReportedSimilarity,
  type SimilarityReport,
} from '@skillwatch/schema'
import { NOW_MS } from './clock.ts'

const DAY_MS = 86_400_000
const WINDOW = {
  computed_at: formatInstant(NOW_MS),
  since: formatInstant(NOW_MS - 90 * DAY_MS),
  until: formatInstant(NOW_MS),
}

/** A valid similar skill of a report of 100 sessions; override only the fields that the test is about. */
export function aSimilarity(overrides: Partial<ReportedSimilarity> = {}): ReportedSimilarity {
  return {
    ...{ kind: 'skill', skill_name: 'pdf-fill', similar_kind: 'skill', similar_name: 'pdf-read' },
    ...{ score: 0.9, co_use_score: 0.8, text_score: 0.5 },
    ...{ sessions_with: 30, sessions_with_similar: 20, sessions_with_both: 12 },
    ...overrides,
  }
}

/** A report of the last 90 days, computed now, without any row. */
export function aSimilarityReport(overrides: Partial<SimilarityReport> = {}): SimilarityReport {
  return {
    ...{ type: 'similarity', ...WINDOW, sessions: 100, sessions_needed: 20, ignored_sessions: 0, skills: 5 },
    ...{ left_out_skills: 0, bootstraps: 50, stability: 0.9, stability_needed: 0.6, unstable_clusters: 0 },
    ...{ similarities: [], clusters: [], memberships: [] },
    ...overrides,
  }
}

/** A cluster of skills with its memberships, each with the score 1. */
export function aCluster(
  cluster_id: number,
  ...names: readonly string[]
): Pick<SimilarityReport, 'clusters' | 'memberships'> {
  return {
    clusters: [{ cluster_id, cluster_name: names.join(', '), stability: 0.9, skill_count: names.length }],
    memberships: names.map((skill_name) => ({ cluster_id, kind: 'skill', skill_name, membership_score: 1 })),
  }
}

/** A valid affinity of a report of 20 persons. */
export function anAffinity(overrides: Partial<ReportedAffinity> = {}): ReportedAffinity {
  return {
    ...{ kind: 'skill', skill_name: 'plan', also_kind: 'skill', also_name: 'deploy' },
    ...{ affinity: 0.4, persons: 10, effectiveness: 0.9 },
    ...overrides,
  }
}

/** A report of the last 90 days, computed now. */
export function anAffinityReport(
  affinities: readonly ReportedAffinity[],
  overrides: Partial<AffinityReport> = {},
): AffinityReport {
  return { type: 'affinity', ...WINDOW, persons: 20, affinities: [...affinities], ...overrides }
}
