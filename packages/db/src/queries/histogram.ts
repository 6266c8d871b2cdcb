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
  const lower = DURATION_BOUNDS_MS[bucket - 1] ?? 0
  const upper = DURATION_BOUNDS_MS[bucket]!
  if (upper === Number.POSITIVE_INFINITY) return lower
  return lower + ((upper - lower) * (rank - below)) / counts[bucket]!
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
  const quantile = (share: number) => {
    if (sorted === undefined) return histogramQuantile(share, counts)
    return sorted.length === 0 ? null : quantileSorted(sorted as number[], share)
  }
  return {
    count,
    sum_ms: sumMs,
    mean_ms: mean(count, sumMs),
    p50_ms: quantile(0.5),
    p95_ms: quantile(0.95),
    p99_ms: quantile(0.99),
  }
}

/** Mean in milliseconds, `null` without observations. */
export function mean(count: number, sumMs: number): number | null {
  return count === 0 ? null : sumMs / count
}
