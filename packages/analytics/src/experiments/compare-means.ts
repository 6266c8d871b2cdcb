import type { Interval } from '../rates/intervals.ts'
import type { GroupSummary, Groups } from './summarise.ts'

/** The probability that an experiment without a difference ever shows one. */
export const ALPHA = 0.05

export interface MeanComparison {
  /** Treatment minus control. */
  readonly difference: number
  /** The 95% confidence sequence of the difference; null when all users have the same value. */
  readonly interval: Interval | null
  /** The always-valid p-value of no difference. */
  readonly p: number
}

/**
 * Compares two means at any time, and as often as one likes: over all looks together, the probability that p
 * is ever at most alpha without a difference is at most alpha, and so is the one that the interval ever
 * misses the difference.
 *
 * The mixture sequential probability ratio test of a normal mean, with a normal mixture of standard deviation
 * `scale` around 0 (Johari, Koomen, Pekelis and Walsh, Operations Research 70, 2022, 1806-1821;
 * arXiv:1512.04922), and the confidence sequence that it inverts to (Robbins, Annals of Mathematical
 * Statistics 41, 1970, 1397-1409). The variance is estimated, so it holds for groups of 100 users and more,
 * not for few (Waudby-Smith et al., Annals of Statistics 52, 2024, 2613-2640).
 * @param scale an effect that matters; any number fixed beforehand is valid, one of the true size is fastest
 */
export function compareMeans({ control, treatment }: Groups<GroupSummary>, scale: number): MeanComparison {
  const difference = treatment.mean - control.mean
  const variance = varianceOfDifference(control, treatment)
  if (variance === 0) return { difference, interval: null, p: difference === 0 ? 1 : 0 }
  const half = halfWidth(variance, scale)
  return {
    difference,
    interval: [difference - half, difference + half],
    p: Math.min(1, 1 / mixtureLikelihoodRatio(difference, variance, scale)),
  }
}

/**
 * The likelihood of a difference under the mixture, divided by that under no difference (Johari et al.,
 * equation 7).
 * @param variance that of the difference, not of a user
 */
export function mixtureLikelihoodRatio(difference: number, variance: number, scale: number): number {
  const mixture = scale * scale
  const exponent = (mixture * difference ** 2) / (2 * variance * (variance + mixture))
  return Math.sqrt(variance / (variance + mixture)) * Math.exp(exponent)
}

/** The distance from the difference at which the likelihood ratio reaches 1 / alpha. */
export function halfWidth(variance: number, scale: number, alpha = ALPHA): number {
  const mixture = scale * scale
  const threshold = Math.log(Math.sqrt((variance + mixture) / variance) / alpha)
  return Math.sqrt((2 * variance * (variance + mixture) * threshold) / mixture)
}

/**
 * The larger of two estimates: that of Welch, and the one of equal distributions in both groups. The first is
 * too small where a group has no failure by chance, the second where the larger group varies more.
 */
function varianceOfDifference(control: GroupSummary, treatment: GroupSummary): number {
  const [n, m] = [control.users, treatment.users]
  const apart = control.variance / n + treatment.variance / m
  const between = ((n * m) / (n + m)) * (treatment.mean - control.mean) ** 2
  const squares = (n - 1) * control.variance + (m - 1) * treatment.variance + between
  const pooled = (squares / (n + m - 1)) * (1 / n + 1 / m)
  return Math.max(apart, pooled)
}
