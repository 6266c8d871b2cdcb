import { type NotEnoughData, notEnough } from '../answer.ts'

/** The lengths in hours of the windows that are tested, each of which ends with the hour of the run. */
export const WINDOW_HOURS = [1, 2, 4, 8] as const
/** The baseline ends before the longest window begins, so that one baseline serves all of them. */
export const WINDOW_HOURS_MAX = 8
/** 28 days: four of each hour of the week. */
export const BASELINE_HOURS = 28 * 24
/** The hours that a run reads before it: a baseline ends where the longest window begins. */
export const HOURS_BEFORE_RUN = BASELINE_HOURS + WINDOW_HOURS_MAX
/** A skill with fewer calls has no baseline of any metric. */
export const BASELINE_CALLS_MIN = 100
const BASELINE_HOURS_MIN = 24

/** What a baseline lacks, if anything. */
export function tooShort(calls: number, hours: number): NotEnoughData | undefined {
  if (calls < BASELINE_CALLS_MIN) return notEnough('calls', calls, BASELINE_CALLS_MIN)
  return hours < BASELINE_HOURS_MIN ? notEnough('hours', hours, BASELINE_HOURS_MIN) : undefined
}

/** The hours that a baseline is made of, as indices into a table. */
export interface BaselineHours {
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** By hour: 0 where an episode of the metric excludes it. */
  readonly usable: Uint8Array
}

/** Weights of past hours halve with this age, so that a baseline follows a slow drift. */
const HALF_LIFE_HOURS = 7 * 24
export const DECAY = 2 ** (-1 / HALF_LIFE_HOURS)

/** A sum and a count for each hour, such as completed and ended calls. */
export interface HourlySums {
  readonly sums: Float64Array
  readonly counts: Float64Array
}

export interface WeightedMean {
  readonly mean: number
  /** Calls in usable hours. */
  readonly calls: number
  /** The number of calls of equal weight whose mean is as certain (Kish, Survey Sampling, 11.7). */
  readonly effectiveCalls: number
  /** Usable hours since the first call. */
  readonly hours: number
}

/** The mean per call over a baseline, in which recent hours count more. */
export function weightedMean(
  { sums, counts }: HourlySums,
  { from, to, usable }: BaselineHours,
): WeightedMean {
  let [sum, weighted, squared, calls, hours] = [0, 0, 0, 0, 0]
  for (let hour = from; hour < to; hour += 1) {
    if (usable[hour] === 0) continue
    const count = counts[hour]!
    sum = sum * DECAY + sums[hour]!
    weighted = weighted * DECAY + count
    squared = squared * DECAY * DECAY + count
    calls += count
    if (calls > 0) hours += 1
  }
  if (weighted === 0) return { mean: 0, calls, effectiveCalls: 0, hours }
  return { mean: sum / weighted, calls, effectiveCalls: weighted ** 2 / squared, hours }
}
