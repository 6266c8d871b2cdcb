import { quantileSorted } from 'simple-statistics'
import { type Answer, type NotEnoughData, notEnough } from '../answer.ts'
import { binomialAtLeast, binomialAtMost } from '../distributions/binomial.ts'
import type { Interval } from '../rates/intervals.ts'

export interface SampleQuantile {
  readonly value: number
  /** Contains the quantile of the population in at least 95% of cases. */
  readonly interval: Interval
  readonly samples: number
}

export interface HistogramQuantile {
  /** Interpolated inside of its bucket: on a log scale, or linearly in the bucket that begins at 0. */
  readonly value: number
  /** The bucket that holds the quantile of the sample, so that `value` is at most its width off. */
  readonly bucket: readonly [from: number, to: number | null]
  /** The outer bounds of the buckets of the rank interval; null where the last bucket has no bound. */
  readonly interval: readonly [from: number, to: number | null]
  readonly samples: number
}

/** Counts of values by bucket. A value belongs to the first bucket whose upper bound is not smaller. */
export interface Histogram {
  /** Ascending; the last one may be infinite. The first bucket begins at 0. */
  readonly bounds: readonly number[]
  /** Not cumulative. */
  readonly counts: ArrayLike<number>
}

const TAIL = 0.025
/** So many values are expected beyond a quantile before it is answered: 20 in all for the median. */
const BEYOND_MIN = 10
/** 10 / (1 - 0.95) is a little more than 200 in floating point. */
const ROUNDING = 1e-9

/**
 * A quantile of values by type 7 of Hyndman and Fan (American Statistician 50, 1996, 361-365), with the
 * interval of its rank from the binomial distribution (Conover, Practical Nonparametric Statistics, 3.2).
 * Assumes independent values.
 * @param quantile above 0 and below 1; needs 10 / (1 - quantile) values, and 10 / quantile below the median
 */
export function sampleQuantile(values: readonly number[], quantile: number): Answer<SampleQuantile> {
  const few = tooFew(values.length, quantile)
  if (few) return few
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = rankInterval(sorted.length, quantile)
  return {
    enough: true,
    value: quantileSorted(sorted, quantile),
    interval: [sorted[low - 1]!, sorted[high - 1]!],
    samples: sorted.length,
  }
}

/**
 * The same from counts by bucket, so that it needs no rows. The quantile of the sample lies in the named
 * bucket, which bounds the error (as in Masson, Rim & Lee, DDSketch, VLDB 2019, section 2).
 */
export function histogramQuantile(histogram: Histogram, quantile: number): Answer<HistogramQuantile> {
  let samples = 0
  for (let i = 0; i < histogram.bounds.length; i += 1) samples += histogram.counts[i]!
  const few = tooFew(samples, quantile)
  if (few) return few
  const [low, high] = rankInterval(samples, quantile)
  const bucket = boundsAt(histogram, bucketOfRank(histogram, Math.max(1, Math.ceil(quantile * samples))))
  return {
    enough: true,
    value: interpolated(histogram, quantile * samples),
    bucket,
    interval: [
      boundsAt(histogram, bucketOfRank(histogram, low))[0],
      boundsAt(histogram, bucketOfRank(histogram, high))[1],
    ],
    samples,
  }
}

/**
 * The value below which `rank` of the counted values lie, also for a rank between two of them. In the bucket
 * without an upper bound it is the lower bound.
 * @param histogram has at least one value
 */
export function interpolated(histogram: Histogram, rank: number): number {
  const { bounds, counts } = histogram
  const bucket = bucketOfRank(histogram, rank)
  let below = 0
  for (let i = 0; i < bucket; i += 1) below += counts[i]!
  const [from, to] = boundsAt(histogram, bucket)
  if (to === null) return from
  const share = Math.max(0, rank - below) / counts[bucket]!
  return from > 0 ? from * (bounds[bucket]! / from) ** share : to * share
}

function tooFew(samples: number, quantile: number): NotEnoughData | undefined {
  if (!(quantile > 0 && quantile < 1))
    throw new RangeError(`expected a quantile between 0 and 1, got ${quantile}`)
  const need = Math.ceil(BEYOND_MIN / Math.min(quantile, 1 - quantile) - ROUNDING)
  return samples < need ? notEnough('values', samples, need) : undefined
}

/** The ranks, from 1, of the values that bound the quantile with 95% confidence. */
function rankInterval(samples: number, quantile: number): Interval {
  const low = lastTrue(samples, (rank) => binomialAtMost(rank - 1, samples, quantile) <= TAIL)
  const high = lastTrue(samples, (rank) => binomialAtLeast(rank, samples, quantile) > TAIL) + 1
  return [Math.max(1, low), Math.min(samples, high)]
}

/** The largest number from 1 to `most` with a property that smaller ones have too; 0 without one. */
function lastTrue(most: number, has: (each: number) => boolean): number {
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (has(middle)) low = middle
    else high = middle - 1
  }
  return low
}

function bucketOfRank({ bounds, counts }: Histogram, rank: number): number {
  let below = 0
  let last = 0
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    if (counts[bucket] === 0) continue
    below += counts[bucket]!
    last = bucket
    if (below >= rank) break
  }
  return last
}

function boundsAt({ bounds }: Histogram, bucket: number): readonly [number, number | null] {
  const upper = bounds[bucket]!
  return [bucket === 0 ? 0 : bounds[bucket - 1]!, upper === Number.POSITIVE_INFINITY ? null : upper]
}
