import type { Answer } from '../answer.ts'
import { type BaselineHours, tooShort } from './baseline-hours.ts'

/** From what the expected number of calls of an hour is made. */
export type BaselineName = 'hour_of_week' | 'hour_of_day' | 'all_hours'

/** The expected number of calls by hour of the week, before the level of the last days is applied. */
export interface VolumeProfile {
  readonly baseline: BaselineName
  readonly means: Float64Array
  /** What day and hour predict. It hardly depends on the calls of any one hour. */
  readonly predicted: Float64Array
  readonly calls: number
  /** The variance of a mean, as a share of the variance of one hour. */
  readonly uncertainty: number
  /** How much smaller the variance of an hour around its own mean is, as the mean contains the hour. */
  readonly residualShare: number
}

const HOURS_OF_WEEK = 168
/** A mean of one hour of the week is mixed with what its day and hour predict, as if of so many weeks. */
const PRIOR_WEEKS = 4
const WEEKS_MIN = 2
const DAYS_MIN = 3

/**
 * The mean number of calls by hour of the week: (W · m + 4 · d) / (W + 4), where m is the mean of that hour
 * of the week over W weeks, and d is the mean of its hour of the day times the mean of its weekday, divided
 * by the mean of all hours. Below 14 days all weekdays are alike, below 3 days all hours are. Hours before
 * the first call do not count, so that a new skill is not rare. Needs 100 calls and 24 hours.
 */
export function volumeProfile(
  calls: Float64Array,
  hourOfWeek: Uint8Array,
  { from, to, usable }: BaselineHours,
): Answer<VolumeProfile> {
  const sums = new Float64Array(HOURS_OF_WEEK)
  const counts = new Float64Array(HOURS_OF_WEEK)
  let first = from
  while (first < to && (calls[first] === 0 || usable[first] === 0)) first += 1
  for (let hour = first; hour < to; hour += 1) {
    if (usable[hour] === 0) continue
    sums[hourOfWeek[hour]!]! += calls[hour]!
    counts[hourOfWeek[hour]!]! += 1
  }
  const [total, length] = [sumOf(sums), sumOf(counts)]
  const lacking = tooShort(total, length)
  if (lacking) return lacking
  const baseline = baselineFor(length)
  return {
    enough: true,
    baseline,
    calls: total,
    ...meansOf(baseline, sums, counts),
    ...uncertaintyOf(baseline, length),
  }
}

function baselineFor(hours: number): BaselineName {
  if (hours >= WEEKS_MIN * HOURS_OF_WEEK) return 'hour_of_week'
  return hours >= DAYS_MIN * 24 ? 'hour_of_day' : 'all_hours'
}

function meansOf(baseline: BaselineName, sums: Float64Array, counts: Float64Array) {
  const overall = sumOf(sums) / sumOf(counts)
  const predicted = new Float64Array(HOURS_OF_WEEK).fill(overall)
  if (baseline === 'all_hours') return { means: predicted, predicted }
  const byHour = groupMeans(sums, counts, 24, (hour) => hour % 24, overall)
  for (let hour = 0; hour < HOURS_OF_WEEK; hour += 1) predicted[hour] = byHour[hour % 24]!
  if (baseline === 'hour_of_day') return { means: predicted, predicted }
  const byDay = groupMeans(sums, counts, 7, (hour) => Math.floor(hour / 24), overall)
  for (let hour = 0; hour < HOURS_OF_WEEK; hour += 1)
    predicted[hour]! *= byDay[Math.floor(hour / 24)]! / overall
  const means = predicted.map(
    (each, hour) => (sums[hour]! + PRIOR_WEEKS * each) / (counts[hour]! + PRIOR_WEEKS),
  )
  return { means, predicted }
}

/** Means of groups of hours; each has one hour of the overall mean, so that no mean is 0. */
function groupMeans(
  sums: Float64Array,
  counts: Float64Array,
  groups: number,
  groupOf: (hour: number) => number,
  overall: number,
): Float64Array {
  const groupSums = new Float64Array(groups).fill(overall)
  const groupCounts = new Float64Array(groups).fill(1)
  for (let hour = 0; hour < HOURS_OF_WEEK; hour += 1) {
    groupSums[groupOf(hour)]! += sums[hour]!
    groupCounts[groupOf(hour)]! += counts[hour]!
  }
  return groupSums.map((sum, group) => sum / groupCounts[group]!)
}

/**
 * With h, the weight of an hour in its own mean, and c, the variance of the mean: a residual has the share
 * 1 - 2h + c of the variance of an hour. The day and the hour of the day have 7 W hours each, or nearly so.
 */
function uncertaintyOf(baseline: BaselineName, hours: number) {
  if (baseline === 'all_hours') return { uncertainty: 1 / hours, residualShare: 1 - 1 / hours }
  if (baseline === 'hour_of_day') return { uncertainty: 24 / hours, residualShare: 1 - 24 / hours }
  const weeks = hours / HOURS_OF_WEEK
  const pooled = PRIOR_WEEKS / (7 * weeks)
  const own = (1 + pooled) / (weeks + PRIOR_WEEKS)
  const uncertainty = (weeks + 2 * weeks * pooled + PRIOR_WEEKS * pooled) / (weeks + PRIOR_WEEKS) ** 2
  return { uncertainty, residualShare: 1 - 2 * own + uncertainty }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
