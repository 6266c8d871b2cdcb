import { notEnough } from '../answer.ts'
import { normalTwoSided } from '../distributions/continuous.ts'
import { interpolated } from '../series/quantiles.ts'
import { type BaselineHours, DECAY, tooShort, WINDOW_HOURS, weightedMean } from './baseline-hours.ts'
import { callDispersion, type Dispersion } from './dispersion.ts'
import type { SkillColumns } from './hourly-table.ts'
import type { WindowTest } from './rate.ts'

/** How durations of a skill are expected to be distributed. */
export interface DurationBaseline {
  /** By bucket: the share of baseline calls that are shorter, plus half of those in the bucket. */
  readonly ridits: Float64Array
  /** The variance of the ridit of one call: 1/12 less what ties take. */
  readonly variance: number
  /** By window: how much more mean ridits vary than those of independent calls. */
  readonly dispersions: readonly Dispersion[]
  /** The baseline is uncertain, which acts like a correlation of the calls in a window. */
  readonly uncertainty: number
  readonly medianMs: number
  /** The median absolute deviation of log durations, times 1.4826. */
  readonly logSpread: number
  readonly calls: number
}

const WINDOW_CALLS_MIN = 20
/** Of a normal distribution the median absolute deviation times this is the standard deviation. */
const MAD_SCALE = 1.482602218505602
/** In a bucket without an upper bound all durations seem equal. */
const LOG_SPREAD_MIN = 0.01

/**
 * The distribution of durations over the baseline, with recent hours counting more. Needs 100 calls, 24
 * hours, and two buckets with durations: when all are in one, nothing can be tested.
 */
export function durationsOverBaseline(
  skill: SkillColumns,
  boundsMs: readonly number[],
  hours: BaselineHours,
) {
  const counts = weightedCounts(skill, boundsMs.length, hours)
  const { ridits, variance } = riditsOf(counts)
  const counted = { sums: hourlyRidits(skill, ridits, hours), counts: skill.timed }
  const { mean, calls, effectiveCalls, hours: length } = weightedMean(counted, hours)
  const lacking = tooShort(calls, length)
  if (lacking) return lacking
  if (variance === 0) return notEnough('duration buckets', 1, 2)
  const each = { mean, variance }
  return {
    enough: true as const,
    ...{ ridits, variance, calls, ...centreAndSpread({ bounds: boundsMs, counts }) },
    uncertainty: 1 / (effectiveCalls + 2),
    sums: callDispersion(counted, hours, WINDOW_HOURS, each),
  }
}

/**
 * Whether the durations of a window are longer or shorter than those of the baseline: the mean ridit (Bross,
 * Biometrics 14, 1958, 18-38), which is the rank test of Mann and Whitney against a large sample, with the
 * variance for calls that are alike. The deviation is the distance of the medians on a log scale in
 * standard deviations of the baseline, by its median absolute deviation.
 * @returns null below 20 calls with a duration
 */
export function testDuration(
  { durations }: SkillColumns,
  boundsMs: readonly number[],
  baseline: DurationBaseline,
  window: number,
  { from, to }: { readonly from: number; readonly to: number },
): WindowTest | null {
  const buckets = boundsMs.length
  const counts = new Float64Array(buckets)
  for (let i = from * buckets; i < to * buckets; i += 1) counts[i % buckets]! += durations[i]!
  const calls = sumOf(counts)
  if (calls < WINDOW_CALLS_MIN) return null
  const meanRidit = dot(counts, baseline.ridits) / calls
  const { clustered, correlation } = baseline.dispersions[window]!
  const factor = clustered + (calls - 1) * correlation + calls * baseline.uncertainty
  const error = Math.sqrt((baseline.variance / calls) * factor)
  const medianMs = interpolated({ bounds: boundsMs, counts }, calls / 2)
  return {
    p: normalTwoSided((meanRidit - 0.5) / error),
    isAbove: meanRidit > 0.5,
    deviation: Math.log(medianMs / baseline.medianMs) / baseline.logSpread,
    observed: medianMs,
    expected: baseline.medianMs,
    calls,
  }
}

function weightedCounts(
  { durations, timed, usedBuckets: [first, last] }: SkillColumns,
  buckets: number,
  { from, to, usable }: BaselineHours,
): Float64Array {
  const counts = new Float64Array(buckets)
  let weight = 1
  for (let hour = to - 1; hour >= from; hour -= 1) {
    if (usable[hour] === 0) continue
    if (timed[hour]! > 0)
      for (let i = first; i < last; i += 1) counts[i]! += weight * durations[hour * buckets + i]!
    weight *= DECAY
  }
  return counts
}

export function riditsOf(counts: Float64Array) {
  const all = sumOf(counts)
  const ridits = new Float64Array(counts.length)
  let [below, square] = [0, 0]
  for (let i = 0; i < counts.length; i += 1) {
    const share = all === 0 ? 0 : counts[i]! / all
    ridits[i] = below + share / 2
    square += share * (ridits[i]! - 0.5) ** 2
    below += share
  }
  return { ridits, variance: square }
}

function hourlyRidits(
  { durations, timed, usedBuckets: [first, last] }: SkillColumns,
  ridits: Float64Array,
  { from, to }: BaselineHours,
): Float64Array {
  const sums = new Float64Array(to)
  for (let hour = from; hour < to; hour += 1) {
    if (timed[hour] === 0) continue
    let sum = 0
    for (let i = first; i < last; i += 1) sum += durations[hour * ridits.length + i]! * ridits[i]!
    sums[hour] = sum
  }
  return sums
}

/** The median and the median absolute deviation of log durations, interpolated inside of buckets. */
export function centreAndSpread(histogram: { bounds: readonly number[]; counts: Float64Array }) {
  const all = sumOf(histogram.counts)
  const medianMs = interpolated(histogram, all / 2)
  const share = (factor: number) =>
    (rankOf(histogram, medianMs * factor) - rankOf(histogram, medianMs / factor)) / all
  let [low, high] = [0, 20]
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2
    if (share(Math.exp(middle)) < 0.5) low = middle
    else high = middle
  }
  return { medianMs, logSpread: Math.max(LOG_SPREAD_MIN, MAD_SCALE * high) }
}

/** How many of the counted values are at most `valueMs`, with the values of a bucket spread over it. */
function rankOf({ bounds, counts }: { bounds: readonly number[]; counts: Float64Array }, valueMs: number) {
  let rank = 0
  for (let i = 0; i < bounds.length; i += 1) {
    const [from, to] = [i === 0 ? 0 : bounds[i - 1]!, bounds[i]!]
    if (valueMs >= to) rank += counts[i]!
    else if (valueMs > from) {
      const share = from > 0 ? Math.log(valueMs / from) / Math.log(to / from) : valueMs / to
      return rank + counts[i]! * (to === Number.POSITIVE_INFINITY ? 1 : share)
    } else return rank
  }
  return rank
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}
