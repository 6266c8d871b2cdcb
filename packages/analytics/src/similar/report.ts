import {
  type ReportedCluster,
  type ReportedMembership,
  type ReportedSimilarity,
  SIMILARITIES_MAX,
  type SimilarityReport,
} from '@skillwatch/schema'
import { randomFrom } from '../seed.ts'
import { coUseScores, countPairs, type PairCounts } from './co-use.ts'
import { type Neighbour, neighboursOf, textScores } from './neighbours.ts'
import { numberSkills, type SessionSkills, type Skill } from './session-skills.ts'
import { type Clustering, clusterSessions, type StableCluster } from './stability.ts'
import { createTextIndex } from './text-index.ts'

/** Which sessions a report is computed from, when, and with which random numbers. */
export interface SimilarityOptions {
  readonly sinceMs: number
  readonly untilMs: number
  readonly computedAtMs: number
  /** The same seed and sessions give the same report. */
  readonly seed: number
  /** What a skill says of itself, where that is known. */
  readonly descriptionOf?: (skill: Skill) => string | undefined
}

const SESSIONS_MIN = 20
const SKILLS_MIN = 3
const NEIGHBOURS_MAX = 20
const STABILITY_MIN = 0.6
const NAMED_MEMBERS_MAX = 3
const NO_CLUSTERS: Clustering = { bootstraps: 0, stability: null, clusters: [] }

/**
 * Which skills are similar, and their clusters, as a report for ingest. Co-use scores and clusters need 20
 * sessions and 3 skills; without them skills are similar by text alone. When samples of the sessions have
 * other clusters (a mean adjusted Rand index below 0.6), none is reported, and none that samples do not
 * confirm (a mean Jaccard index below 0.6).
 * @param sessions the skills of each session of the window, also those without any
 */
export function similarityReport(
  sessions: Iterable<readonly Skill[]>,
  options: SimilarityOptions,
): SimilarityReport {
  const numbered = numberSkills(sessions)
  const { skills } = numbered
  const isEnough = numbered.sessions.length >= SESSIONS_MIN && skills.length >= SKILLS_MIN
  const counts = countPairs(numbered.sessions, skills.length)
  const clustering = isEnough
    ? clusterSessions(numbered.sessions, skills.length, randomFrom(options.seed))
    : NO_CLUSTERS
  const isStable = clustering.stability !== null && clustering.stability >= STABILITY_MIN
  const stable = isStable ? clustering.clusters.filter(({ stability }) => stability >= STABILITY_MIN) : []
  return {
    ...{ type: 'similarity', ...instantsOf(options), ...countsOf(numbered) },
    bootstraps: clustering.bootstraps,
    stability: clustering.stability === null ? null : Math.max(0, digits(clustering.stability)),
    unstable_clusters: clustering.clusters.length - stable.length,
    similarities: similaritiesOf(numbered, counts, isEnough, options),
    clusters: stable.map((cluster, index) => toCluster(cluster, index + 1, skills)),
    memberships: stable.flatMap((cluster, index) => toMemberships(cluster, index + 1, skills)),
  }
}

function instantsOf({ computedAtMs, sinceMs, untilMs }: SimilarityOptions) {
  const instant = (ms: number) => new Date(ms).toISOString()
  return { computed_at: instant(computedAtMs), since: instant(sinceMs), until: instant(untilMs) }
}

function countsOf({ sessions, skills, ignoredSessions, leftOutSkills }: SessionSkills) {
  return {
    ...{ sessions: sessions.length, sessions_needed: SESSIONS_MIN, ignored_sessions: ignoredSessions },
    ...{ skills: skills.length, left_out_skills: leftOutSkills, stability_needed: STABILITY_MIN },
  }
}

function similaritiesOf(
  { skills }: SessionSkills,
  counts: PairCounts,
  isEnough: boolean,
  { descriptionOf }: SimilarityOptions,
): ReportedSimilarity[] {
  const index = createTextIndex(
    skills.map((skill) => ({ skill_name: skill.skill_name, description: descriptionOf?.(skill) })),
  )
  const kept = Math.min(NEIGHBOURS_MAX, Math.floor(SIMILARITIES_MAX / Math.max(1, skills.length)))
  const neighbours = neighboursOf(
    isEnough ? coUseScores(counts) : [],
    textScores(index, skills.length),
    kept,
  )
  const toRow = (number: number, each: Neighbour): ReportedSimilarity => ({
    ...skills[number]!,
    ...{ similar_kind: skills[each.number]!.kind, similar_name: skills[each.number]!.skill_name },
    ...{ score: digits(each.score), co_use_score: isEnough ? digits(each.coUse) : null },
    text_score: digits(each.text),
    sessions_with: counts.both(number, number),
    sessions_with_similar: counts.both(each.number, each.number),
    sessions_with_both: counts.both(number, each.number),
  })
  return neighbours.flatMap((row, number) => row.map((each) => toRow(number, each)))
}

function toCluster(
  { members, stability }: StableCluster,
  cluster_id: number,
  skills: readonly Skill[],
): ReportedCluster {
  const named = members.slice(0, NAMED_MEMBERS_MAX).map(({ number }) => labelOf(skills[number]!))
  const more = members.length - named.length
  return {
    cluster_id,
    cluster_name: named.join(', ') + (more > 0 ? ` and ${more} more` : ''),
    stability: digits(stability),
    skill_count: members.length,
  }
}

function toMemberships(
  { members }: StableCluster,
  cluster_id: number,
  skills: readonly Skill[],
): ReportedMembership[] {
  return members.map(({ number, confirmed }) => ({
    cluster_id,
    ...skills[number]!,
    membership_score: digits(confirmed),
  }))
}

/** A skill by its name, others with their kind. */
function labelOf({ kind, skill_name }: Skill): string {
  return kind === 'skill' ? skill_name : `${skill_name} (${kind})`
}

function digits(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
