import { sum } from './sum.ts'

/** A value at a place in time, with the number of calls that it is made of. */
export interface WeightedPoint {
  /** In any unit, such as days. */
  readonly x: number
  readonly y: number
  /** Above 0. */
  readonly weight: number
}

export interface Line {
  readonly slope: number
  /** The standard error of the slope for independent errors. */
  readonly error: number
  /** The same for errors that depend on those of the points before them. */
  readonly robustError: number
  /** The correlation of an error with that of the point before it. */
  readonly lag1: number
}

/**
 * The weighted least-squares line through points in the order of x, with two standard errors: the usual one
 * with n - 2 degrees of freedom, and that of Newey and West (Econometrica 55, 1987, 703-708), with Bartlett
 * weights and the factor n / (n - 2) for small samples.
 * @param points at least three, with at least two different x
 * @param lags how many points before each one its error can depend on
 */
export function fitLine(points: readonly WeightedPoint[], lags: number = usualLags(points.length)): Line {
  const weightSum = sum(points.map(({ weight }) => weight))
  const meanX = sum(points.map(({ x, weight }) => weight * x)) / weightSum
  const meanY = sum(points.map(({ y, weight }) => weight * y)) / weightSum
  const squares = sum(points.map(({ x, weight }) => weight * (x - meanX) ** 2))
  const slope = sum(points.map(({ x, y, weight }) => weight * (x - meanX) * (y - meanY))) / squares
  const errors = points.map(({ x, y }) => y - meanY - slope * (x - meanX))
  const scaledErrors = points.map(({ weight }, i) => Math.sqrt(weight) * errors[i]!)
  const scores = points.map(({ x, weight }, i) => weight * (x - meanX) * errors[i]!)
  const degreesOfFreedom = points.length - 2
  const errorSquares = sum(scaledErrors.map((error) => error ** 2))
  return {
    slope,
    error: Math.sqrt(errorSquares / degreesOfFreedom / squares),
    robustError: Math.sqrt((longRunVariance(scores, lags) * points.length) / degreesOfFreedom) / squares,
    lag1: errorSquares > 0 ? lagProduct(scaledErrors, 1) / errorSquares : 0,
  }
}

/** Newey & West, Review of Economic Studies 61, 1994, 631-653. */
function usualLags(points: number): number {
  return Math.max(1, Math.floor(4 * (points / 100) ** (2 / 9)))
}

function longRunVariance(scores: readonly number[], lags: number): number {
  let variance = lagProduct(scores, 0)
  for (let lag = 1; lag <= lags; lag += 1) variance += 2 * (1 - lag / (lags + 1)) * lagProduct(scores, lag)
  return Math.max(0, variance)
}

function lagProduct(values: readonly number[], lag: number): number {
  return sum(values.slice(lag).map((value, i) => value * values[i]!))
}
