import { DURATION_BOUNDS_MS, durationBucket } from '@skillwatch/schema'
import fc from 'fast-check'
import { quantileSorted } from 'simple-statistics'
import { expect, test } from 'vitest'
import { durationSummary, histogramQuantile, quantileBounds } from '../../src/queries/histogram.ts'

const LARGEST_FINITE_MS = DURATION_BOUNDS_MS.at(-2)!

function countBuckets(durations: readonly number[]): number[] {
  const counts = DURATION_BOUNDS_MS.map(() => 0)
  for (const duration of durations) counts[durationBucket(duration)]! += 1
  return counts
}

/** The smallest observation below which, or at which, at least the share `quantile` of all lie. */
function exactQuantile(quantile: number, durations: readonly number[]): number {
  const sorted = durations.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!
}

const duration = fc.oneof(
  fc.double({ min: 0, max: 5_000, noNaN: true }),
  fc.integer({ min: 0, max: 10_000_000 }),
  fc.constantFrom(...DURATION_BOUNDS_MS.slice(0, -1)),
)

test('the estimate lies in the bucket of the true quantile', async () => {
  await fc.assert(
    fc.property(
      fc.array(duration, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (durations, quantile) => {
        const estimate = histogramQuantile(quantile, countBuckets(durations))!
        const bucket = durationBucket(exactQuantile(quantile, durations))
        const lower = DURATION_BOUNDS_MS[bucket - 1] ?? 0
        const upper = Math.min(DURATION_BOUNDS_MS[bucket]!, LARGEST_FINITE_MS)
        expect(estimate).toBeGreaterThanOrEqual(Math.min(lower, LARGEST_FINITE_MS))
        expect(estimate).toBeLessThanOrEqual(upper)
      },
    ),
  )
})

test('estimates rise with the quantile', async () => {
  await fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 22, maxLength: 22 }), (counts) => {
      const estimates = [0, 0.25, 0.5, 0.95, 0.99, 1].map(
        (quantile) => histogramQuantile(quantile, counts) ?? 0,
      )
      expect(estimates).toEqual(estimates.toSorted((a, b) => a - b))
    }),
  )
})

test('a quantile is linear inside its bucket', () => {
  const counts = countBuckets([1_500, 1_600, 1_700, 1_800])
  expect(histogramQuantile(0.25, counts)).toBe(1_250)
  expect(histogramQuantile(0.5, counts)).toBe(1_500)
  expect(histogramQuantile(1, counts)).toBe(2_000)
})

test('the quantile of durations above the last finite bound is that bound', () => {
  expect(histogramQuantile(0.99, countBuckets([9_999_999, 20_000_000]))).toBe(3_600_000)
})

test('there is no quantile without observations, and none outside 0 to 1', () => {
  expect(histogramQuantile(0.5, countBuckets([]))).toBeNull()
  expect(() => histogramQuantile(1.5, countBuckets([1]))).toThrow(RangeError)
  expect(() => histogramQuantile(Number.NaN, countBuckets([1]))).toThrow(RangeError)
})

/** The summary of durations as a reader makes it: only of few calls it knows each. */
function summaryOf(durations: readonly number[]) {
  const sum = durations.reduce((a, b) => a + b, 0)
  const sorted = durations.length <= 100 ? durations.toSorted((a, b) => a - b) : undefined
  return durationSummary(durations.length, sum, countBuckets(durations), sorted)
}

const QUANTILES = [
  ['p50_ms', 0.5],
  ['p95_ms', 0.95],
  ['p99_ms', 0.99],
] as const

test('of more than 100 durations the nearest-rank quantile, the interpolated one and the estimate lie within the bounds', async () => {
  await fc.assert(
    fc.property(fc.array(duration, { minLength: 101, maxLength: 300 }), (durations) => {
      const summary = summaryOf(durations)
      const sorted = durations.toSorted((a, b) => a - b)
      for (const [name, quantile] of QUANTILES) {
        const [min, max] = [summary[`${name}_min`]!, summary[`${name}_max`]!]
        const exact = [exactQuantile(quantile, durations), quantileSorted(sorted, quantile)]
        for (const value of [...exact, summary[name]!]) {
          expect(value).toBeGreaterThanOrEqual(min)
          expect(value).toBeLessThanOrEqual(max)
        }
        expect(max).toBeGreaterThan(min)
      }
    }),
  )
})

test('of at most 100 durations each quantile is the exact one, and both bounds are equal to it', async () => {
  await fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 100 }), (durations) => {
      const summary = summaryOf(durations)
      const sorted = durations.toSorted((a, b) => a - b)
      for (const [name, quantile] of QUANTILES) {
        const exact = quantileSorted(sorted, quantile)
        expect([summary[name], summary[`${name}_min`], summary[`${name}_max`]]).toEqual([
          exact,
          exact,
          exact,
        ])
      }
    }),
  )
})

test('for any quantile and any count the nearest-rank quantile lies within the bounds of its histogram', async () => {
  await fc.assert(
    fc.property(
      fc.array(duration, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (durations, quantile) => {
        const sum = durations.reduce((a, b) => a + b, 0)
        const [min, max] = quantileBounds(quantile, countBuckets(durations), sum)!
        const exact = exactQuantile(quantile, durations)
        expect(exact).toBeGreaterThanOrEqual(min)
        expect(exact).toBeLessThanOrEqual(max)
      },
    ),
  )
})

test('the bounds are those of the bucket, or of both buckets when the quantile is between two', () => {
  expect(quantileBounds(0.5, countBuckets([1_500, 1_600, 1_700]), 4_800)).toEqual([1_000, 2_000])
  expect(quantileBounds(0.5, countBuckets([1, 4_000_000]), 4_000_001)).toEqual([0, 4_000_001])
  expect(quantileBounds(0.5, countBuckets([40, 400]), 440)).toEqual([20, 500])
  expect(quantileBounds(0.5, countBuckets([]), 0)).toBeNull()
})

test('above the last finite bound the sum bounds a quantile', () => {
  const durations = [1_500, 4_000_000, 5_000_000]
  const counts = countBuckets(durations)
  expect(quantileBounds(1, counts, 9_001_500)).toEqual([3_600_000, 5_400_500])
  expect(quantileBounds(0.5, counts, 9_001_500)).toEqual([3_600_000, 4_500_250])
})
