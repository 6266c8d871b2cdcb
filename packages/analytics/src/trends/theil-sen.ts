import { median } from 'simple-statistics'
import { normalTwoSided, Z95 } from '../distributions/continuous.ts'
import type { Interval } from '../rates/intervals.ts'
import { sum } from './sum.ts'

export interface RankTrend {
  readonly slope: number
  readonly interval: Interval
  readonly p: number
}

/** More points have more pairs than a trend is worth: longer series are thinned by the caller. */
export const RANK_POINTS_MAX = 1_000

/**
 * The median of the slopes of all pairs of points (Theil 1950), with the interval of Sen (J. Am. Stat. Assoc.
 * 63, 1968, 1379-1389) and the p-value of Kendall's test with corrections for ties and continuity. A few
 * wrong points do not change it. Assumes independent errors, and ignores weights.
 * @param points at least two different x
 */
export function theilSen(points: readonly { readonly x: number; readonly y: number }[]): RankTrend {
  const slopes: number[] = []
  let score = 0
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) {
      if (a.x === b.x) continue
      const slope = (b.y - a.y) / (b.x - a.x)
      slopes.push(slope)
      score += Math.sign(slope)
    }
  }
  slopes.sort((a, b) => a - b)
  const deviation = Math.sqrt(kendallVariance(points))
  const [low, high] = [(slopes.length - Z95 * deviation) / 2, (slopes.length + Z95 * deviation) / 2]
  const at = (rank: number) => slopes[Math.min(slopes.length - 1, Math.max(0, rank))]!
  return {
    slope: median(slopes),
    interval: [at(Math.floor(low) - 1), at(Math.ceil(high))],
    p: deviation > 0 ? normalTwoSided(Math.max(0, Math.abs(score) - 1) / deviation) : 1,
  }
}

/** Kendall, Rank Correlation Methods, 4.9; all x are taken as different. */
function kendallVariance(points: readonly { readonly y: number }[]): number {
  const term = (n: number) => n * (n - 1) * (2 * n + 5)
  const ties = [...Map.groupBy(points, ({ y }) => y).values()].map(({ length }) => term(length))
  return (term(points.length) - sum(ties)) / 18
}
