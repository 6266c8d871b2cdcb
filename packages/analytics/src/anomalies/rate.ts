import { betaBinomialTails } from '../distributions/beta-binomial.ts'
import { twoSided } from '../distributions/binomial.ts'
import { type BaselineHours, tooShort, WINDOW_HOURS, weightedMean } from './baseline-hours.ts'
import { callDispersion, type Dispersion } from './dispersion.ts'
import type { SkillColumns } from './hourly-table.ts'

/** What the completion rate of a skill is expected to be. */
export interface RateBaseline {
  readonly mean: number
  /** By window: how much more outcomes vary than those of independent calls. */
  readonly dispersions: readonly Dispersion[]
  /** The rate itself is uncertain, which acts like a correlation of the calls in a window. */
  readonly uncertainty: number
  readonly calls: number
}

export interface WindowTest {
  readonly p: number
  readonly isAbove: boolean
  /** Distance from the baseline in its standard deviations. */
  readonly deviation: number
  readonly observed: number
  readonly expected: number
  /** Calls in the window. */
  readonly calls: number
}

/** Fewer calls say too little, except when none of them completed. */
const WINDOW_CALLS_MIN = 20
const WINDOW_CALLS_MIN_WHEN_NONE = 10

/** The share of ended calls that completed, over the baseline. Needs 100 calls and 24 hours. */
export function rateOverBaseline({ completed, ended }: SkillColumns, hours: BaselineHours) {
  const counted = { sums: completed, counts: ended }
  const { mean, calls, effectiveCalls, hours: length } = weightedMean(counted, hours)
  const lacking = tooShort(calls, length)
  if (lacking) return lacking
  // Half a call of each outcome, as a rate of 0 or 1 would make every other outcome impossible (Jeffreys).
  const rate = (mean * effectiveCalls + 0.5) / (effectiveCalls + 1)
  const each = { mean, variance: rate * (1 - rate) }
  return {
    enough: true as const,
    mean: rate,
    calls,
    uncertainty: 1 / (effectiveCalls + 2),
    sums: callDispersion(counted, hours, WINDOW_HOURS, each),
  }
}

/**
 * Whether the completed calls of a window can be of the baseline: both tails of the beta-binomial
 * distribution.
 * @param from and `to` are hours of the table, `to` exclusive
 * @returns null below 20 ended calls, or below 10 when none of them completed
 */
export function testRate(
  { completed, ended }: SkillColumns,
  baseline: RateBaseline,
  window: number,
  { from, to }: { readonly from: number; readonly to: number },
): WindowTest | null {
  let [hits, of] = [0, 0]
  for (let hour = from; hour < to; hour += 1) {
    hits += completed[hour]!
    of += ended[hour]!
  }
  if (of < (hits === 0 ? WINDOW_CALLS_MIN_WHEN_NONE : WINDOW_CALLS_MIN)) return null
  const { mean } = baseline
  const { clustered, correlation: shared } = baseline.dispersions[window]!
  const correlation = Math.min(0.99, (clustered - 1) / (of - 1) + shared + baseline.uncertainty)
  const variance = ((mean * (1 - mean)) / of) * (1 + (of - 1) * correlation)
  return {
    p: twoSided(betaBinomialTails(hits, of, { mean, correlation })),
    isAbove: hits / of > mean,
    deviation: (hits / of - mean) / Math.sqrt(variance),
    observed: hits / of,
    expected: mean,
    calls: of,
  }
}
