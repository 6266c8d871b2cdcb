import { sum } from './sum.ts'

export interface HoltWintersState {
  readonly level: number
  readonly trend: number
  /** The next value's season first. */
  readonly season: readonly number[]
}

/** Smoothing of level, trend and season, each 0–1. */
export interface Smoothing {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
}

/** One step of the additive method of Holt and Winters (Hyndman & Athanasopoulos, Forecasting, 8.3). */
export function step(
  state: HoltWintersState,
  y: number,
  { alpha, beta, gamma }: Smoothing,
): HoltWintersState {
  const [season, ...others] = state.season as [number, ...number[]]
  const before = state.level + state.trend
  const level = alpha * (y - season) + (1 - alpha) * before
  return {
    level,
    trend: beta * (level - state.level) + (1 - beta) * state.trend,
    season: [...others, gamma * (y - before) + (1 - gamma) * season],
  }
}

/** The forecast for `ahead` steps after the last one, from 1. */
export function forecastOf({ level, trend, season }: HoltWintersState, ahead: number): number {
  return level + ahead * trend + season[(ahead - 1) % season.length]!
}

/** Level, trend and season of the first two seasons (ibid.). */
export function initialState(values: readonly number[], season: number): HoltWintersState {
  const [first, second] = [values.slice(0, season), values.slice(season, 2 * season)]
  const [firstMean, secondMean] = [sum(first) / season, sum(second) / season]
  const trend = (secondMean - firstMean) / season
  // The line through the middles of both seasons.
  const line = (i: number) => firstMean + trend * (i - (season - 1) / 2)
  const deviations = first.map((y, i) => (y - line(i) + second[i]! - line(i + season)) / 2)
  return { level: line(-1), trend, season: deviations }
}

const ALPHAS = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7]
const BETAS = [0, 0.005, 0.02, 0.1]
const GAMMAS = [0.02, 0.1, 0.2, 0.4]

/** The smoothing with the smallest squared one-step errors after the first two seasons. */
export function fitSmoothing(values: readonly number[], season: number): Smoothing {
  let best: { smoothing: Smoothing; squares: number } | null = null
  for (const alpha of ALPHAS)
    for (const beta of BETAS)
      for (const gamma of GAMMAS) {
        const smoothing = { alpha, beta, gamma }
        const squares = oneStepSquares(values, season, smoothing)
        if (best === null || squares < best.squares) best = { smoothing, squares }
      }
  return best!.smoothing
}

function oneStepSquares(values: readonly number[], season: number, smoothing: Smoothing): number {
  let state = initialState(values, season)
  let squares = 0
  for (const [i, y] of values.entries()) {
    if (i >= 2 * season) squares += (y - forecastOf(state, 1)) ** 2
    state = step(state, y, smoothing)
  }
  return squares
}
