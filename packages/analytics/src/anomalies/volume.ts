import { twoSided } from '../distributions/binomial.ts'
import { negativeBinomialTails } from '../distributions/counts.ts'
import type { BaselineHours } from './baseline-hours.ts'
import { type Dispersion, DispersionCounter, type DispersionSums, VOLUME_PRIOR } from './dispersion.ts'
import type { SkillColumns } from './hourly-table.ts'
import type { WindowTest } from './rate.ts'
import { type BaselineName, type VolumeProfile, volumeProfile } from './volume-profile.ts'

/** How many calls of a skill are expected in each hour. */
export interface VolumeBaseline {
  readonly baseline: BaselineName
  /** By hour of the table. */
  readonly meanOf: (hour: number) => number
  /** By entry of VOLUME_HOURS: how much more a sum over so many hours varies than a Poisson count. */
  readonly dispersions: readonly Dispersion[]
  /** What is added to the correlation, because no other week has been seen. */
  readonly unseen: number
  /** The variance of an expected mean, as a share of it: it is one of few hours itself. */
  readonly uncertainty: number
  readonly calls: number
}

/** The lengths in hours for which the dispersion is measured: the windows, and a day for long silences. */
export const VOLUME_HOURS = [1, 2, 4, 8, 24] as const
/** The level of the last days is an exponential mean with this half-life. */
const LEVEL_DECAY = 2 ** (-1 / 72)
/** The level begins at 1 with the weight of so many hours. */
const LEVEL_PRIOR_HOURS = 72
/** Below two weeks of history no weekend can be compared with another one: a standard deviation of 50%. */
const UNSEEN_WEEK_DISPERSION = 0.25

/** The profile by hour of the week, times the level of the last days. Needs 100 calls and 24 hours. */
export function volumeOverBaseline({ calls }: SkillColumns, hourOfWeek: Uint8Array, hours: BaselineHours) {
  const profile = volumeProfile(calls, hourOfWeek, hours)
  if (!profile.enough) return profile
  const { baseline, means, uncertainty } = profile
  const expected = new Float64Array(hours.to)
  const predicted = new Float64Array(hours.to)
  for (let hour = hours.from; hour < hours.to; hour += 1) {
    expected[hour] = means[hourOfWeek[hour]!]!
    predicted[hour] = profile.predicted[hourOfWeek[hour]!]!
  }
  const levels = levelsOf(calls, expected, hours)
  const level = levels[hours.to]!
  return {
    enough: true as const,
    baseline,
    calls: profile.calls,
    meanOf: (hour: number) => level * means[hourOfWeek[hour]!]!,
    uncertainty,
    unseen: baseline === 'hour_of_week' ? 0 : UNSEEN_WEEK_DISPERSION,
    sums: VOLUME_HOURS.map((length) => {
      return blockDispersion(calls, { expected, predicted, levels }, hours, length, profile)
    }),
  }
}

/** By hour: calls of the hours before it, divided by those of the profile; recent hours count more. */
function levelsOf(calls: Float64Array, expected: Float64Array, { from, to, usable }: BaselineHours) {
  const levels = new Float64Array(to + 1)
  const prior = (LEVEL_PRIOR_HOURS * sumBetween(expected, from, to)) / Math.max(1, to - from)
  let [actual, profile] = [prior, prior]
  for (let hour = from; hour < to; hour += 1) {
    levels[hour] = actual / profile
    if (usable[hour] === 0) continue
    actual = actual * LEVEL_DECAY + calls[hour]!
    profile = profile * LEVEL_DECAY + expected[hour]!
  }
  levels[to] = actual / profile
  return levels
}

/** By hour of the table. */
interface ExpectedHours {
  readonly expected: Float64Array
  readonly predicted: Float64Array
  readonly levels: Float64Array
}

/**
 * Squared errors of sums over blocks of hours, against what the hours before each block predict. Their size
 * is compared with what day and hour predict: the mean of an hour of the week is high where its calls were
 * many by chance, which looks like a variance that grows with the mean.
 */
function blockDispersion(
  calls: Float64Array,
  { expected, predicted, levels }: ExpectedHours,
  { from, to, usable }: BaselineHours,
  length: number,
  { residualShare }: VolumeProfile,
): DispersionSums {
  const counter = new DispersionCounter(VOLUME_PRIOR)
  for (let start = from + ((to - from) % length); start < to; start += length) {
    let [observed, profile, smooth] = [0, 0, 0]
    for (let hour = start; hour < start + length; hour += 1) {
      observed += calls[hour]! * usable[hour]!
      profile += expected[hour]! * usable[hour]!
      smooth += predicted[hour]! * usable[hour]!
    }
    const error = observed - profile * levels[start]!
    const mean = smooth * levels[start]!
    if (mean > 0) counter.add(mean, error ** 2 / (mean * residualShare), 1 / mean)
  }
  return counter.sums()
}

/**
 * Whether the calls of a window can be of the baseline: both tails of the negative binomial distribution.
 * @param window index into VOLUME_HOURS
 * @returns null when there were no calls: that is silence
 */
export function testVolume(
  { calls }: SkillColumns,
  baseline: VolumeBaseline,
  window: number,
  { from, to }: { readonly from: number; readonly to: number },
): WindowTest | null {
  const observed = sumBetween(calls, from, to)
  if (observed === 0) return null
  const mean = expectedBetween(baseline, from, to)
  const dispersion = dispersionOf(baseline, baseline.dispersions[window]!, mean)
  return {
    p: twoSided(negativeBinomialTails(observed, { mean, dispersion })),
    isAbove: observed > mean,
    deviation: (observed - mean) / Math.sqrt(mean + dispersion * mean ** 2),
    observed,
    expected: mean,
    calls: observed,
  }
}

/** P(0) since the last call is small from this many expected calls on, so fewer are not tested. */
const EXPECTED_MIN = 3

/**
 * Whether a skill has been silent for longer than its baseline explains: the probability of no call since
 * the hour of the last one. It needs no window, so that it serves skills that are called once a day too.
 * @param from the hour after the last call
 * @returns null when fewer than 3 calls were expected
 */
export function testSilence(
  baseline: VolumeBaseline,
  { from, to }: { readonly from: number; readonly to: number },
): WindowTest | null {
  const mean = expectedBetween(baseline, from, to)
  if (mean < EXPECTED_MIN) return null
  const dispersion = dispersionOf(baseline, silenceDispersion(baseline, to - from), mean)
  return {
    p: negativeBinomialTails(0, { mean, dispersion }).atMost,
    isAbove: false,
    deviation: -mean / Math.sqrt(mean + dispersion * mean ** 2),
    observed: 0,
    expected: mean,
    calls: 0,
  }
}

/** The dispersion of the next longer length; beyond a day, days vary on their own. */
function silenceDispersion({ dispersions }: VolumeBaseline, hours: number): Dispersion {
  const index = VOLUME_HOURS.findIndex((length) => length >= hours)
  if (index >= 0) return dispersions[index]!
  const { clustered, correlation } = dispersions.at(-1)!
  return { clustered, correlation: (correlation * VOLUME_HOURS.at(-1)!) / hours }
}

/** The dispersion of the negative binomial distribution with this mean that has the variance wanted. */
function dispersionOf(
  { uncertainty, unseen }: VolumeBaseline,
  { clustered, correlation }: Dispersion,
  mean: number,
): number {
  const factor = (clustered + correlation * mean) * (1 + uncertainty)
  return (factor - 1) / mean + unseen
}

function expectedBetween({ meanOf }: VolumeBaseline, from: number, to: number): number {
  let mean = 0
  for (let hour = from; hour < to; hour += 1) mean += meanOf(hour)
  return mean
}

function sumBetween(values: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let hour = from; hour < to; hour += 1) sum += values[hour]!
  return sum
}
