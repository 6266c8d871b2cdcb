import { DURATION_BOUNDS_MS, type DurationSummary } from '@skillwatch/schema'
import { quantileSorted } from 'simple-statistics'

/**
 * Estimated quantile of a histogram, linear inside its bucket, as PromQL `histogram_quantile`
 * (prometheus.io/docs/prometheus/latest/querying/functions): the lowest bucket begins at 0, and for the
 * infinite bucket the result is its lower bound.
 * @param counts observations per bucket of DURATION_BOUNDS_MS, not cumulative
 * @returns milliseconds; `null` without observations
 * @throws {RangeError} when `quantile` is outside 0–1
 */
export function histogramQuantile(quantile: number, counts: readonly number[]): number | null {
  if (!(quantile >= 0 && quantile <= 1))
    throw new RangeError(`expected a quantile within 0–1, got ${quantile}`)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = quantile * total
  let bucket = 0
  let below = 0
  // At quantile 0 the rank is 0: skip leading empty buckets.
  while (counts[bucket] === 0 || below + counts[bucket]! < rank) below += counts[bucket++]!
  const lower = lowerBound(bucket)
  const upper = DURATION_BOUNDS_MS[bucket]!
  if (upper === Number.POSITIVE_INFINITY) return lower
  return lower + ((upper - lower) * (rank - below)) / counts[bucket]!
}

/** The smallest and the largest number that a quantile can be. */
type Bounds = readonly [min: number, max: number]

/**
 * The bounds between which the exact quantile of a histogram lies. It is interpolated between two neighbours
 * in the order of durations (type 7 of Hyndman and Fan 1996), of which one is the nearest-rank quantile: the
 * bounds are those of the buckets of the two.
 * @param sumMs the sum of all observations: it bounds those of the infinite bucket
 * @returns milliseconds; `null` without observations
 */
export function quantileBounds(quantile: number, counts: readonly number[], sumMs: number): Bounds | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const place = quantile * (total - 1)
  const next = Math.ceil(place)
  const upper = DURATION_BOUNDS_MS[bucketAt(next, counts)]!
  return [
    lowerBound(bucketAt(Math.floor(place), counts)),
    upper === Number.POSITIVE_INFINITY ? boundFromSum(next, counts, sumMs) : upper,
  ]
}

/** The bucket of the observation at a place in ascending order; the first place is 0. */
function bucketAt(place: number, counts: readonly number[]): number {
  let bucket = 0
  for (let below = counts[0]!; below <= place; ) below += counts[++bucket]!
  return bucket
}

function lowerBound(bucket: number): number {
  return DURATION_BOUNDS_MS[bucket - 1] ?? 0
}

/**
 * An observation of the infinite bucket is not longer than the mean of itself and all longer ones, whose sum
 * is at most what the shorter ones leave of the whole sum.
 */
function boundFromSum(place: number, counts: readonly number[], sumMs: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const least = counts.reduce((sum, count, bucket) => sum + count * lowerBound(bucket), 0)
  const fromPlace = total - place
  const leastBelow = least - fromPlace * lowerBound(counts.length - 1)
  // A sum of fractions is not exact to the last digit.
  return Math.ceil((sumMs - leastBelow) / fromPlace)
}

/**
 * Mean from the exact sum. Quantiles are exact where all durations are given (linear between two of them:
 * type 7 of Hyndman and Fan 1996), else they are estimated from the histogram.
 * @param sorted all durations in milliseconds, ascending
 */
export function durationSummary(
  count: number,
  sumMs: number,
  counts: readonly number[],
  sorted: readonly number[] | undefined,
): DurationSummary {
  const quantile = (share: number) =>
    sorted === undefined ? estimatedQuantile(share, counts, sumMs) : exactQuantile(share, sorted)
  const [p50, p95, p99] = [quantile(0.5), quantile(0.95), quantile(0.99)]
  return {
    count,
    sum_ms: sumMs,
    mean_ms: mean(count, sumMs),
    p50_ms: p50.value,
    p50_ms_min: p50.min,
    p50_ms_max: p50.max,
    p95_ms: p95.value,
    p95_ms_min: p95.min,
    p95_ms_max: p95.max,
    p99_ms: p99.value,
    p99_ms_min: p99.min,
    p99_ms_max: p99.max,
  }
}

/** A quantile with its bounds, which are equal to it where it is exact. Null without observations. */
type Quantile = Readonly<Record<'value' | 'min' | 'max', number | null>>

function estimatedQuantile(share: number, counts: readonly number[], sumMs: number): Quantile {
  const [min, max] = quantileBounds(share, counts, sumMs) ?? [null, null]
  return { value: histogramQuantile(share, counts), min, max }
}

function exactQuantile(share: number, sorted: readonly number[]): Quantile {
  const value = sorted.length === 0 ? null : quantileSorted(sorted as number[], share)
  return { value, min: value, max: value }
}

/** Mean in milliseconds, `null` without observations. */
export function mean(count: number, sumMs: number): number | null {
  return count === 0 ? null : sumMs / count
}
