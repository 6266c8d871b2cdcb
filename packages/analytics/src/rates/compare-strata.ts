import { type Answer, notEnough } from '../answer.ts'
import { chiSquaredAtLeast, Z95 } from '../distributions/continuous.ts'
import { fisherTwoSided } from '../distributions/fisher.ts'
import type { Share } from '../share.ts'
import { type Interval, newcombeInterval } from './intervals.ts'

/** The shares of two periods or versions among calls that are alike, such as those of one model and phase. */
export interface Stratum {
  readonly before: Share
  readonly now: Share
}

export interface StratifiedComparison {
  /** Share now minus share before, as in calls of the same stratum. */
  readonly difference: number
  readonly interval: Interval
  /** The same without regard to strata. It may even have the other sign (Simpson's paradox). */
  readonly crudeDifference: number
  /** The p-value of equal shares in every stratum; null when a side has fewer than 20 calls. */
  readonly p: number | null
  readonly method: 'fisher_newcombe' | 'mantel_haenszel'
  /** Strata with calls on one side only. They cannot be compared, and are left out. */
  readonly ignoredStrata: number
}

/** On each side for a test; below there is an interval only. */
const TEST_MIN = 20

/**
 * Compares the share of calls that completed, or had another property, of two periods or two versions.
 *
 * With one stratum: Newcombe's interval and Fisher's test. With several: the difference and test of Mantel
 * and Haenszel (J. Natl. Cancer Inst. 22, 1959, 719-748), without a correction for continuity, with the
 * variance of Greenland and Robins (Biometrics 41, 1985, 55-68).
 * Assumes independent calls: divide counts by their design effect when sessions have several calls.
 */
export function compareStrata(strata: readonly Stratum[]): Answer<StratifiedComparison> {
  const comparable = strata.filter(({ before, now }) => before.of > 0 && now.of > 0)
  const [before, now] = [totalOf(comparable, 'before'), totalOf(comparable, 'now')]
  if (comparable.length === 0) return notEnough('calls on each side', 0, 1)
  const crudeDifference = now.hits / now.of - before.hits / before.of
  const isTested = Math.min(before.of, now.of) >= TEST_MIN
  const common = { enough: true, crudeDifference, ignoredStrata: strata.length - comparable.length } as const
  if (comparable.length > 1) {
    const { difference, interval, p } = mantelHaenszel(comparable)
    return { ...common, difference, interval, p: isTested ? p : null, method: 'mantel_haenszel' }
  }
  return {
    ...common,
    difference: crudeDifference,
    interval: newcombeInterval(now, before),
    p: isTested ? fisherTwoSided(rounded(now), rounded(before)) : null,
    method: 'fisher_newcombe',
  }
}

function mantelHaenszel(strata: readonly Stratum[]) {
  const weights = strata.map(({ before, now }) => (before.of * now.of) / (before.of + now.of))
  const weightSum = sum(weights)
  const difference =
    sum(strata.map(({ before, now }, i) => weights[i]! * (now.hits / now.of - before.hits / before.of))) /
    weightSum
  const half = (Z95 * Math.sqrt(sum(strata.map(varianceTerm)))) / weightSum
  const interval: Interval = [Math.max(-1, difference - half), Math.min(1, difference + half)]
  return { difference, interval, p: cochranMantelHaenszel(strata) }
}

/** The part of one stratum in the variance of the weighted difference (Greenland & Robins 1985, 4). */
function varianceTerm({ before, now }: Stratum): number {
  const [missesBefore, missesNow] = [before.of - before.hits, now.of - now.hits]
  const numerator = now.hits * missesNow * before.of ** 3 + before.hits * missesBefore * now.of ** 3
  return numerator / (now.of * before.of * (now.of + before.of) ** 2)
}

/** Hits now against their mean and variance of the hypergeometric distribution, over all strata. */
function cochranMantelHaenszel(strata: readonly Stratum[]): number {
  const excess = sum(
    strata.map(({ before, now }) => now.hits - (now.of * (before.hits + now.hits)) / (before.of + now.of)),
  )
  const variance = sum(strata.map(hypergeometricVariance))
  return variance > 0 ? chiSquaredAtLeast(excess ** 2 / variance, 1) : 1
}

function hypergeometricVariance({ before, now }: Stratum): number {
  const [all, hits] = [before.of + now.of, before.hits + now.hits]
  return all > 1 ? (now.of * before.of * hits * (all - hits)) / (all * all * (all - 1)) : 0
}

function totalOf(strata: readonly Stratum[], side: keyof Stratum): Share {
  return { hits: sum(strata.map((each) => each[side].hits)), of: sum(strata.map((each) => each[side].of)) }
}

function rounded({ hits, of }: Share): Share {
  return { hits: Math.round(hits), of: Math.round(of) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
