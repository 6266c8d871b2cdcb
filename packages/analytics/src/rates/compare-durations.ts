import { type Answer, notEnough } from '../answer.ts'
import { Z95 } from '../distributions/continuous.ts'
import type { Interval } from './intervals.ts'
import { mannWhitney, type RankTest } from './mann-whitney.ts'
import { medianPairDifference, pairDifference } from './pair-differences.ts'

export interface DurationComparison {
  /** How many times as long as before: e to the Hodges-Lehmann shift of the logarithms. */
  readonly ratio: number
  /** The 95% interval of the ratio. */
  readonly interval: Interval
  /** Share of pairs in which the later duration is longer, minus the share in which it is shorter. */
  readonly cliffsDelta: number
  /** The two-sided p-value of equal distributions; null when a side has fewer than 20 durations. */
  readonly p: number | null
  readonly method: RankTest['method']
}

/** On each side for a test; between 2 and this there is an interval only. */
const TEST_MIN = 20
/** On each side for an interval. */
const INTERVAL_MIN = 2

/**
 * Compares durations in milliseconds of two periods or versions: the rank test of Mann and Whitney, the
 * shift of Hodges and Lehmann on a log scale with its interval (Hollander & Wolfe, Nonparametric Statistical
 * Methods, 4.2 and 4.3), and the effect size of Cliff (Psychological Bulletin 114, 1993, 494-509).
 * Assumes that the durations are independent: take one of each session, or their median, when the calls of a
 * session are alike. Durations of 0 ms count as half a millisecond, as a logarithm needs a positive number.
 */
export function compareDurations(
  before: readonly number[],
  now: readonly number[],
): Answer<DurationComparison> {
  const fewest = Math.min(before.length, now.length)
  if (fewest < INTERVAL_MIN) return notEnough('durations', fewest, INTERVAL_MIN)
  return compareLogs(sortedLogs(before), sortedLogs(now))
}

function compareLogs(before: Float64Array, now: Float64Array): Answer<DurationComparison> {
  const { u, p, method } = mannWhitney([...now], [...before])
  const pairs = before.length * now.length
  return {
    enough: true,
    ratio: Math.exp(medianPairDifference(before, now)),
    interval: shiftInterval(before, now).map(Math.exp) as unknown as Interval,
    cliffsDelta: (2 * u) / pairs - 1,
    p: Math.min(before.length, now.length) < TEST_MIN ? null : p,
    method,
  }
}

/** The differences whose ranks bound the median difference, by the normal approximation (ibid., 4.3). */
function shiftInterval(before: Float64Array, now: Float64Array): Interval {
  const pairs = before.length * now.length
  const spread = Z95 * Math.sqrt((pairs * (before.length + now.length + 1)) / 12)
  const rank = Math.max(1, Math.floor(pairs / 2 - spread))
  return [pairDifference(before, now, rank), pairDifference(before, now, pairs + 1 - rank)]
}

function sortedLogs(durationsMs: readonly number[]): Float64Array {
  return Float64Array.from(durationsMs, (durationMs) => Math.log(Math.max(durationMs, 0.5))).sort()
}
