import { median } from 'simple-statistics'
import { type Answer, notEnough } from '../answer.ts'
import { studentQuantile95, studentTwoSided } from '../distributions/continuous.ts'
import type { Interval } from '../rates/intervals.ts'
import { fitLine, type Line, type WeightedPoint } from './line.ts'
import { sum } from './sum.ts'
import { RANK_POINTS_MAX, theilSen } from './theil-sen.ts'

export interface Trend {
  /** `stable` says that no trend is shown, not that there is none. */
  readonly verdict: 'improving' | 'worsening' | 'stable'
  /** Change of the log duration, or of the logit of the rate, per unit of x. */
  readonly slope: number
  /** The 95% interval of the slope. */
  readonly interval: Interval
  readonly p: number
  /** The correlation of an error with the one before it: above 0.5 a short series shows little. */
  readonly lag1: number
  readonly method: 'weighted_least_squares' | 'theil_sen'
  /** Points with calls. */
  readonly points: number
}

/** A completion rate, error rate or other share of one bucket of time. */
export interface RatePoint {
  readonly x: number
  readonly hits: number
  readonly of: number
}

export interface DurationPoint {
  readonly x: number
  readonly medianMs: number
  readonly calls: number
}

const POINTS_MIN = 8
const POINTS_WITH_CALLS_MIN = 4
const P_MAX = 0.05
/** Above these a line is that of one point: its share of all weight, and its distance in deviations. */
const WEIGHT_SHARE_MAX = 0.5
const OUTLIER_DEVIATIONS = 6
/** Of a normal distribution the median absolute deviation times this is the standard deviation. */
const MAD_SCALE = 1.482602218505602
const ROUNDING = 1e-9

/**
 * The trend of a share: a weighted line through logits, each point weighted by its calls. Needs 8 points, 4
 * of them with calls; points without calls have no value.
 * @param lowerIsBetter true for an error rate, false for a completion rate
 */
export function rateTrend(
  points: readonly RatePoint[],
  { lowerIsBetter }: { readonly lowerIsBetter: boolean },
): Answer<Trend> {
  // Half a hit and half a miss, as a rate of 0 or 1 has no logit (Agresti, Categorical Data Analysis, 3.1).
  const logit = ({ hits, of }: RatePoint) => Math.log((hits + 0.5) / (of - hits + 0.5))
  return trendOf(
    points.map((point) => ({ x: point.x, y: logit(point), weight: point.of })),
    lowerIsBetter ? -1 : 1,
  )
}

/** The trend of durations: the same through logarithms of medians. A shorter duration is an improvement. */
export function durationTrend(points: readonly DurationPoint[]): Answer<Trend> {
  return trendOf(
    points.map(({ x, medianMs, calls }) => ({ x, y: Math.log(Math.max(medianMs, 0.5)), weight: calls })),
    -1,
  )
}

/** @param better the sign of a slope that is an improvement */
function trendOf(all: readonly WeightedPoint[], better: 1 | -1): Answer<Trend> {
  if (all.length < POINTS_MIN) return notEnough('points', all.length, POINTS_MIN)
  // Errors depend on those before them, so points of equal x have an order that is theirs alone.
  const points = all
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => a.x - b.x || a.y - b.y || a.weight - b.weight)
  const different = new Set(points.map(({ x }) => x)).size
  if (different < POINTS_WITH_CALLS_MIN)
    return notEnough('points with calls', different, POINTS_WITH_CALLS_MIN)
  const { lag1, ...line } = fitLine(points)
  const common = { enough: true, lag1, points: points.length } as const
  if (points.every(({ y }) => y === points[0]!.y)) {
    const none = { slope: 0, interval: [0, 0] as const, p: 1, lag1: 0 }
    return { ...common, ...none, verdict: 'stable', method: 'weighted_least_squares' }
  }
  const ranks = points.length <= RANK_POINTS_MAX ? theilSen(points) : null
  const isFragile = ranks !== null && dependsOnOnePoint(points, ranks.slope)
  const { slope, interval, p } = isFragile
    ? ranks
    : withStudent(line.slope, cautious({ ...line, lag1 }, points.length))
  const verdict = p > P_MAX ? 'stable' : slope * better > 0 ? 'improving' : 'worsening'
  return {
    ...common,
    slope,
    interval,
    p,
    verdict,
    method: isFragile ? 'theil_sen' : 'weighted_least_squares',
  }
}

function withStudent(slope: number, { error, degreesOfFreedom }: ReturnType<typeof cautious>) {
  const half = studentQuantile95(degreesOfFreedom) * error
  const interval: Interval = [slope - half, slope + half]
  return { slope, interval, p: error > 0 ? studentTwoSided(slope / error, degreesOfFreedom) : 0 }
}

/**
 * The robust error is too small with few points, and with strong dependence. So the larger of two counts:
 * it, and the usual one for errors of first-order autocorrelation r, which is √((1 + r) / (1 - r)) times as
 * large. The degrees of freedom are those of n (1 - r) / (1 + r) independent points (Bartlett, J. R. Stat.
 * Soc. 98, 1935, 536-543).
 */
function cautious({ error, robustError, lag1 }: Omit<Line, 'slope'>, points: number) {
  // The estimate is too small by about (1 + 4 r) / n (Kendall, Biometrika 41, 1954, 403-404).
  const r = Math.min(0.9, Math.max(0, lag1 + (1 + 4 * lag1) / points))
  const factor = (1 + r) / (1 - r)
  return {
    error: Math.max(robustError, error * Math.sqrt(factor)),
    degreesOfFreedom: Math.max(2, Math.round(points / factor) - 2),
  }
}

/** By the distances from the robust line, as one wrong point bends the other one towards itself. */
function dependsOnOnePoint(points: readonly WeightedPoint[], slope: number): boolean {
  const weights = points.map(({ weight }) => weight)
  if (Math.max(...weights) > WEIGHT_SHARE_MAX * sum(weights)) return true
  const heights = points.map(({ x, y }) => y - slope * x)
  const middle = median(heights)
  const distances = points.map(({ weight }, i) => Math.sqrt(weight) * Math.abs(heights[i]! - middle))
  return Math.max(...distances) > OUTLIER_DEVIATIONS * MAD_SCALE * median(distances) + ROUNDING
}
