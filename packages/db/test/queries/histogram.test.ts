import { DURATION_BOUNDS_MS, durationBucket } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramQuantile } from '../../src/queries/histogram.ts'

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

test('the estimate lies in the bucket of the true quantile', () => {
  const duration = fc.oneof(
    fc.double({ min: 0, max: 5_000, noNaN: true }),
    fc.integer({ min: 0, max: 10_000_000 }),
  )
  fc.assert(
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

test('estimates rise with the quantile', () => {
  fc.assert(
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
