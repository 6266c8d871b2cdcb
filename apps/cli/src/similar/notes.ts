import type { SimilarityRun } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'

export const NEVER_COMPUTED =
  'Similar skills and clusters were not computed yet: the analyst does so once a day, and `skillwatch analyse ' +
  'similar` at once.'

type Counts = Pick<
  SimilarityRun,
  'sessions' | 'sessions_needed' | 'bootstraps' | 'stability' | 'stability_needed' | 'unstable_clusters'
>

/** When and from what it was computed. */
export function runText({ computed_at, since, until, sessions, skills }: SimilarityRun, timeZone: string) {
  const minute = (instant: string) => localMinute(instant, timeZone)
  return (
    `Computed ${minute(computed_at)} from ${withNoun(sessions, 'session', exactNumber)} with ` +
    `${withNoun(skills, 'skill', exactNumber)}, from ${minute(since)} to ${minute(until)}.`
  )
}

/** How many clusters there are, how stable they are, and why there are no others. */
export function clusterText(run: Counts, clusters: number): string {
  const { sessions, sessions_needed, bootstraps, stability, stability_needed, unstable_clusters } = run
  if (sessions < sessions_needed)
    return `Not enough data for clusters: ${sessions} of ${sessions_needed} sessions that are needed.`
  if (stability === null)
    return 'No clusters: no skills are together in 5 sessions or more, and more often than by chance.'
  const agreement = `stability ${stability.toFixed(2)} over ${bootstraps} samples of the sessions`
  const others = withNoun(unstable_clusters, 'cluster', exactNumber)
  if (clusters === 0)
    return (
      `Not enough data for clusters: ${others} found, but samples of the sessions do not confirm them ` +
      `(${agreement}, where ${stability_needed} is needed).`
    )
  const left = unstable_clusters === 0 ? '' : `; ${others} left out that samples do not confirm`
  return `${withNoun(clusters, 'cluster', exactNumber)} (${agreement}${left}).`
}
