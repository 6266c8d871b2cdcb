import type { Refusal } from './first-error.ts'
import { parseReportWindow } from './parse-window.ts'
import { refuseEach } from './refuse-each.ts'
import type {
  ReportedCluster,
  ReportedMembership,
  ReportedSimilarity,
  SimilarityReport,
} from './similarity.ts'
import type { SimilarityRunRow } from './tables/similarity.ts'

/** A report of similar skills and clusters that passed every check, as its rows hold it. */
export interface ParsedSimilarityReport {
  readonly type: 'similarity'
  readonly run: Omit<SimilarityRunRow, 'project_id'>
  readonly similarities: readonly ReportedSimilarity[]
  readonly clusters: readonly ReportedCluster[]
  readonly memberships: readonly ReportedMembership[]
}

/**
 * Checks what the schema of a report cannot say. A report counts as a whole, so one refusal refuses it.
 * @param nowMs the server's clock, for the check of instants in the future
 * @returns the report, or what is wrong with it: at most one refusal for each row
 */
export function parseSimilarityReport(
  report: SimilarityReport,
  nowMs: number,
): { report: ParsedSimilarityReport } | { refusals: Refusal[] } {
  const window = parseReportWindow(report, nowMs)
  if ('pointer' in window) return { refusals: [window] }
  const { type: _, since, until, computed_at, similarities, clusters, memberships, ...counts } = report
  const sizes = new Map<number, number>()
  for (const { cluster_id } of memberships) sizes.set(cluster_id, (sizes.get(cluster_id) ?? 0) + 1)
  const known = new Set(clusters.map(({ cluster_id }) => cluster_id))
  const refusals = [
    ...refuseEach('similarities', similarities, similarityKey, (each) => refuseSimilarity(each, report)),
    ...refuseEach('clusters', clusters, clusterKey, (each) => refuseCluster(each, sizes)),
    ...refuseEach('memberships', memberships, skillKey, ({ cluster_id }) =>
      known.has(cluster_id) ? undefined : { pointer: '/cluster_id', reason: 'is no cluster of the report' },
    ),
  ]
  if (refusals.length > 0) return { refusals }
  return {
    report: { type: 'similarity', run: { ...window, ...counts }, similarities, clusters, memberships },
  }
}

/** Kinds and names never contain NUL. */
function skillKey({ kind, skill_name }: Pick<ReportedMembership, 'kind' | 'skill_name'>): string {
  return `${kind}\0${skill_name}`
}

function similarityKey({ similar_kind, similar_name, ...skill }: ReportedSimilarity): string {
  return `${skillKey(skill)}\0${similar_kind}\0${similar_name}`
}

function clusterKey({ cluster_id }: ReportedCluster): string {
  return String(cluster_id)
}

function refuseSimilarity(
  { kind, skill_name, similar_kind, similar_name, ...counts }: ReportedSimilarity,
  { sessions }: SimilarityReport,
): Refusal | undefined {
  const { sessions_with, sessions_with_similar, sessions_with_both } = counts
  if (kind === similar_kind && skill_name === similar_name)
    return { pointer: '/similar_name', reason: 'is the skill itself' }
  if (sessions_with > sessions) return { pointer: '/sessions_with', reason: 'is above sessions' }
  if (sessions_with_similar > sessions)
    return { pointer: '/sessions_with_similar', reason: 'is above sessions' }
  if (sessions_with_both > Math.min(sessions_with, sessions_with_similar))
    return { pointer: '/sessions_with_both', reason: 'is above sessions_with or sessions_with_similar' }
  return undefined
}

function refuseCluster(
  { cluster_id, skill_count }: ReportedCluster,
  sizes: ReadonlyMap<number, number>,
): Refusal | undefined {
  if (skill_count === sizes.get(cluster_id)) return undefined
  return { pointer: '/skill_count', reason: 'is not the number of its memberships' }
}
