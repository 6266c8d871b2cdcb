import { type Answer, notEnough } from '../answer.ts'
import type { Interval } from '../rates/intervals.ts'
import {
  fitSmoothing,
  forecastOf,
  type HoltWintersState,
  initialState,
  type Smoothing,
  step,
} from './holt-winters.ts'

export interface Forecast {
  readonly method: 'seasonal_naive' | 'holt_winters'
  /** For each bucket after the last one. */
  readonly values: readonly { readonly value: number; readonly interval: Interval }[]
  /** Of the held-out errors, how many lay inside of an interval made from the other half of the time. */
  readonly coverage: { readonly inside: number; readonly of: number }
}

export interface ForecastOptions {
  /** Buckets of a season, such as 7 for days with a week. At least 2. */
  readonly season: number
  /** Buckets to forecast: at most a season, so that errors of the same distance are known. */
  readonly horizon: number
}

const SEASONS_MIN = 2
const HOLT_WINTERS_SEASONS_MIN = 3
const CONFIDENCE = 0.95
/** Held-out values: with fewer their largest error says little. */
const TARGETS_MIN = 7
/** A longer history is cut, as a state step copies a season. */
const VALUES_MAX = 2_000

type Predictor = (history: readonly number[], ahead: number) => number

/**
 * Forecasts a regular series without holes, such as calls a day: the value of a season ago until there are
 * three seasons, then additive Holt-Winters. Intervals of 95% are quantiles of the absolute errors of
 * forecasts over held-out time, whose values the parameters did not see (Vovk, Gammerman & Shafer,
 * Algorithmic Learning in a Random World, 2005). Coverage is measured with the interval of one half of that
 * time on the other half, and the other way round; each has fewer values than the whole. Assumes that the
 * future errs as the held-out time did. Needs two seasons and one value, and 7 held-out values.
 */
export function forecast(series: readonly number[], { season, horizon }: ForecastOptions): Answer<Forecast> {
  const values = series.slice(-VALUES_MAX)
  if (horizon > season) throw new RangeError(`expected a horizon of at most ${season}, got ${horizon}`)
  const need = SEASONS_MIN * season + 1
  if (values.length < need) return notEnough('values', values.length, need)
  const isLong = values.length >= HOLT_WINTERS_SEASONS_MIN * season
  const method = isLong ? 'holt_winters' : 'seasonal_naive'
  const heldOutFrom = values.length - heldOutLength(values.length, season, isLong)
  const predictor = isLong ? holtWinters(values, heldOutFrom, season) : seasonalNaive(season)
  const errors = heldOutErrors(values, heldOutFrom, horizon, predictor)
  const targets = values.length - heldOutFrom
  if (targets < TARGETS_MIN) return notEnough('held-out values', targets, TARGETS_MIN)
  const half = conformalQuantile(errors)
  return {
    enough: true,
    method,
    values: Array.from({ length: horizon }, (_, i) => {
      const value = predictor(values, i + 1)
      return { value, interval: [value - half, value + half] as const }
    }),
    coverage: coverageOf(errors, heldOutFrom + Math.floor(targets / 2)),
  }
}

/** All that has a season before it; for Holt-Winters a third, or two seasons, after two to begin with. */
function heldOutLength(values: number, season: number, isLong: boolean): number {
  if (!isLong) return values - season
  return Math.min(Math.max(2 * season, Math.floor(values / 3)), values - SEASONS_MIN * season)
}

/** Errors of one half of the held-out time inside of the interval of the other half. */
function coverageOf(errors: readonly HeldOutError[], middle: number): Forecast['coverage'] {
  const halves = [
    errors.filter(({ target }) => target < middle),
    errors.filter(({ target }) => target >= middle),
  ]
  const inside = halves.map((each, i) => {
    const half = conformalQuantile(halves[1 - i]!)
    return each.filter(({ error }) => error <= half).length
  })
  return { inside: inside[0]! + inside[1]!, of: errors.length }
}

function seasonalNaive(season: number): Predictor {
  return (history, ahead) => history[history.length - season + ((ahead - 1) % season)]!
}

/** Smoothing is fitted on values before `until` only. States are kept, as histories begin alike. */
function holtWinters(values: readonly number[], until: number, season: number): Predictor {
  const smoothing = fitSmoothing(values.slice(0, until), season)
  const states = statesOf(values, season, smoothing)
  return (history, ahead) => forecastOf(states[history.length]!, ahead)
}

/** By number of values: the state after them. */
function statesOf(values: readonly number[], season: number, smoothing: Smoothing): HoltWintersState[] {
  const states = [initialState(values, season)]
  for (const value of values) states.push(step(states.at(-1)!, value, smoothing))
  return states
}

/** The absolute error of one forecast. */
interface HeldOutError {
  /** The index of the value that was forecast. */
  readonly target: number
  readonly error: number
}

/** Each held-out value is forecast from every origin up to the horizon before it, in held-out time. */
function heldOutErrors(
  values: readonly number[],
  from: number,
  horizon: number,
  predict: Predictor,
): HeldOutError[] {
  return values.slice(from).flatMap((_, i) => {
    const history = values.slice(0, from + i)
    const steps = Math.min(horizon, values.length - history.length)
    return Array.from({ length: steps }, (_, j) => {
      const target = from + i + j
      return { target, error: Math.abs(values[target]! - predict(history, j + 1)) }
    })
  })
}

/**
 * The error that 95% of exchangeable errors do not exceed: rank ⌈0.95 (n + 1)⌉ of n. Errors of one target are
 * alike, so n is the number of targets; below 19 of them it is the largest error.
 */
function conformalQuantile(errors: readonly HeldOutError[]): number {
  const targets = new Set(errors.map(({ target }) => target)).size
  const share = Math.min(1, Math.ceil(CONFIDENCE * (targets + 1)) / targets)
  const sorted = errors.map(({ error }) => error).sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1]!
}
