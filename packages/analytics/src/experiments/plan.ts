import type { ExperimentMetric } from '@skillwatch/schema'
import { ndtr, ndtri } from '../distributions/special.ts'
import { ALPHA, halfWidth } from './compare-means.ts'

/** Users of both groups. */
export interface Sizes {
  readonly control: number
  readonly treatment: number
}

/** The values of users, as they are expected. */
export interface UserValues {
  readonly metric: ExperimentMetric
  /** The completion rate of the control group; only for this metric. */
  readonly baseline: number
  /** Standard deviation of the users' values (of their logarithms, for durations); not for completion rates. */
  readonly deviation: number
  /** What the treatment adds; for durations the relative difference, where -0.2 is 20% shorter. */
  readonly effect: number
  /** Share of the control group. */
  readonly ratio: number
}

export interface ExperimentPlan {
  /** When one looks once, at the end. */
  readonly once: Sizes
  /** When one may look at any time, as `analyseExperiment` permits. */
  readonly anyTime: Sizes
}

/** More users than an experiment may have. */
const USERS_MAX = 10_000_000

/**
 * How many users an experiment needs, so that it shows an effect with a probability of at least `power`.
 *
 * `once` is the usual formula of the normal approximation, that of R's `power.prop.test` for rates (Fleiss,
 * Levin and Paik, Statistical Methods for Rates and Proportions, 2003, 4.2). `anyTime` is where a single look
 * of the sequential test alone reaches the power; earlier looks add to it, so it is an upper bound.
 * A user counts as one outcome: several outcomes of a user make the value more exact, and fewer users do.
 * @throws {RangeError} when the values are impossible, or the effect needs more than 10,000,000 users
 */
export function planExperiment(values: UserValues, power: number): ExperimentPlan {
  const needed = smallest((users) => powerOfUsers(values, users).anyTime >= power)
  const { none, effect, size } = variancesOf(values)
  const once = ((ndtri(1 - ALPHA / 2) * Math.sqrt(none) + ndtri(power) * Math.sqrt(effect)) / size) ** 2
  return { once: split(once, values.ratio), anyTime: split(needed, values.ratio) }
}

/**
 * The probability that an experiment with so many users shows the effect.
 * @param users of both groups together
 */
export function powerOfUsers(values: UserValues, users: number): { once: number; anyTime: number } {
  const { none, effect, size, scale } = variancesOf(values)
  const within = (distance: number) => ndtr((size - distance) / Math.sqrt(effect / users))
  return {
    once: within(ndtri(1 - ALPHA / 2) * Math.sqrt(none / users)),
    anyTime: within(halfWidth(none / users, scale)),
  }
}

/**
 * The variance of the difference of means, times the users: without an effect, and with it. `scale` is what
 * the sequential test is made for.
 */
function variancesOf({ metric, baseline, deviation, effect, ratio }: UserValues) {
  if (!(ratio > 0 && ratio < 1)) throw new RangeError('the ratio is between 0 and 1')
  const shares = [ratio, 1 - ratio] as const
  if (metric !== 'completion_rate') {
    const size = Math.abs(metric === 'duration_seconds' ? Math.log1p(effect) : effect)
    if (!(size > 0 && size < Number.POSITIVE_INFINITY && deviation > 0))
      throw new RangeError('the effect is not 0, and the deviation is above 0')
    const variance = deviation ** 2 / shares[0] + deviation ** 2 / shares[1]
    return { none: variance, effect: variance, size, scale: size }
  }
  const rates = [baseline, baseline + effect] as const
  if (effect === 0 || rates.some((rate) => !(rate >= 0 && rate <= 1)))
    throw new RangeError('the effect is not 0, and both rates are between 0 and 1')
  const mean = shares[0] * rates[0] + shares[1] * rates[1]
  const none = (mean * (1 - mean)) / shares[0] + (mean * (1 - mean)) / shares[1]
  const apart = (rates[0] * (1 - rates[0])) / shares[0] + (rates[1] * (1 - rates[1])) / shares[1]
  return { none, effect: apart, size: Math.abs(effect), scale: Math.abs(effect) }
}

/** The smallest number of users for which it holds; once it holds, it holds for all larger ones. */
function smallest(holds: (users: number) => boolean): number {
  let high = 2
  while (!holds(high)) {
    high *= 2
    if (high > USERS_MAX) throw new RangeError('the effect is too small to be shown with 10,000,000 users')
  }
  let low = high / 2
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

function split(users: number, ratio: number): Sizes {
  return { control: Math.ceil(users * ratio), treatment: Math.ceil(users * (1 - ratio)) }
}
