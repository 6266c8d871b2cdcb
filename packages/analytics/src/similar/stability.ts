import { communitiesOf, type Members } from './clusters.ts'
import { coUseScores, countPairs } from './co-use.ts'

/** A cluster, and how much samples of the sessions confirm it. */
export interface StableCluster {
  /** Those that samples confirm most often first. */
  readonly members: readonly { readonly number: number; readonly confirmed: number }[]
  /** Mean Jaccard index with the most alike community of each sample. */
  readonly stability: number
}

/** Communities of all sessions, and how much samples of the sessions confirm them. */
export interface Clustering {
  readonly bootstraps: number
  /** Mean adjusted Rand index with the communities of the samples; null without communities. */
  readonly stability: number | null
  readonly clusters: readonly StableCluster[]
}

const BOOTSTRAPS = 50

/**
 * Finds communities, and finds them again in 50 samples of as many sessions, drawn with replacement (Efron,
 * Annals of Statistics 7, 1979). Each cluster is compared with the most alike community of each sample, by
 * the Jaccard index (Hennig, Computational Statistics & Data Analysis 52, 2007, 258-271).
 */
export function clusterSessions(
  sessions: readonly (readonly number[])[],
  skills: number,
  random: () => number,
): Clustering {
  const communities = communitiesOf(coUseScores(countPairs(sessions, skills)), random)
  if (communities.length === 0) return { bootstraps: 0, stability: null, clusters: [] }
  const totals = communities.map((members) => ({
    overlap: 0,
    confirmed: new Map(members.map((each) => [each, 0])),
  }))
  let agreement = 0
  for (let round = 0; round < BOOTSTRAPS; round += 1) {
    const again = communitiesOf(
      coUseScores(countPairs(sessions, skills, drawn(sessions.length, random))),
      random,
    )
    agreement += adjustedRandIndex(labelsOf(communities, skills), labelsOf(again, skills))
    for (const [index, members] of communities.entries()) confirm(totals[index]!, members, again)
  }
  const clusters = totals.map(({ overlap, confirmed }) => ({
    stability: overlap / BOOTSTRAPS,
    members: [...confirmed]
      .map(([number, count]) => ({ number, confirmed: count / BOOTSTRAPS }))
      .sort((a, b) => b.confirmed - a.confirmed || a.number - b.number),
  }))
  return { bootstraps: BOOTSTRAPS, stability: agreement / BOOTSTRAPS, clusters }
}

function* drawn(count: number, random: () => number): Generator<number> {
  for (let i = 0; i < count; i += 1) yield Math.floor(random() * count)
}

function confirm(
  total: { overlap: number; readonly confirmed: Map<number, number> },
  members: Members,
  communities: readonly Members[],
): void {
  const [jaccard, shared] = mostAlike(members, communities)
  total.overlap += jaccard
  for (const each of shared) total.confirmed.set(each, total.confirmed.get(each)! + 1)
}

/** The Jaccard index with the most alike community, and the members that are in it too. */
function mostAlike(members: Members, communities: readonly Members[]): [jaccard: number, shared: Members] {
  let best: [number, Members] = [0, []]
  for (const community of communities) {
    const others = new Set(community)
    const shared = members.filter((each) => others.has(each))
    const jaccard = shared.length / (members.length + community.length - shared.length)
    if (jaccard > best[0]) best = [jaccard, shared]
  }
  return best
}

/** The number of its community for each skill; skills of none have numbers of their own. */
function labelsOf(communities: readonly Members[], skills: number): number[] {
  const labels = Array.from({ length: skills }, (_, number) => communities.length + number)
  for (const [label, members] of communities.entries()) for (const each of members) labels[each] = label
  return labels
}

/**
 * How much two partitions of the same items agree: 1 when they are equal, 0 when they agree as by chance
 * (Hubert & Arabie, Journal of Classification 2, 1985, 193-218).
 */
export function adjustedRandIndex(a: readonly number[], b: readonly number[]): number {
  const pairsOf = (labels: readonly (number | string)[]) => {
    const counts = new Map<number | string, number>()
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
    return [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  }
  const [inA, inB] = [pairsOf(a), pairsOf(b)]
  const inBoth = pairsOf(a.map((label, index) => `${label} ${b[index]}`))
  const expected = (inA * inB) / ((a.length * (a.length - 1)) / 2)
  const highest = (inA + inB) / 2
  return highest === expected ? 1 : (inBoth - expected) / (highest - expected)
}
