import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramQuantile, sampleQuantile } from '../../src/index.ts'
import { expectFinite } from '../oracles.ts'

const BOUNDS = [1, 2, 5, 10, 100, Number.POSITIVE_INFINITY]

function histogramOf(values: readonly number[]) {
  const counts = BOUNDS.map(() => 0)
  for (const value of values) counts[BOUNDS.findIndex((bound) => value <= bound)]! += 1
  return { bounds: BOUNDS, counts }
}

/** NumPy: `quantile([3, 1, 4, 1, 5, 9, 2, 6] * 13, 0.9)`, `quantile([i * i for i in range(25)], 0.55)`. */
test('the quantile of a sample is of type 7', () => {
  const values = Array.from({ length: 13 }, () => [3, 1, 4, 1, 5, 9, 2, 6]).flat()
  expect(sampleQuantile(values, 0.9)).toMatchObject({ enough: true, value: 9, samples: 104 })
  const squares = Array.from({ length: 25 }, (_, i) => i * i)
  const answer = sampleQuantile(squares, 0.55)
  expect(answer.enough && answer.value).toBeCloseTo(174.4, 9)
})

/** The ranks of a 95% interval of the median of 20 values are 6 and 15 (Conover, table A3). */
test('the interval of a median is that of its ranks', () => {
  const twenty = Array.from({ length: 20 }, (_, i) => i + 1)
  expect(sampleQuantile(twenty.toReversed(), 0.5)).toMatchObject({ interval: [6, 15] })
})

test.each([
  [0.5, 20],
  [0.9, 100],
  [0.95, 200],
  [0.99, 1_000],
  [0.1, 100],
])('the quantile %d needs %d values', (quantile, need) => {
  const values = Array.from({ length: need - 1 }, () => 7)
  expect(sampleQuantile(values, quantile)).toEqual({ enough: false, unit: 'values', have: need - 1, need })
  expect(histogramQuantile(histogramOf(values), quantile)).toMatchObject({ enough: false, need })
  expect(sampleQuantile([...values, 7], quantile)).toMatchObject({ enough: true, value: 7 })
})

test('a quantile that does not exist is refused', () => {
  expect(() => sampleQuantile([1, 2], 1)).toThrow(/between 0 and 1/)
})

test('a histogram interpolates on a log scale, and linearly from zero', () => {
  const inOne = (bucket: number) => ({
    bounds: BOUNDS,
    counts: BOUNDS.map((_, i) => (i === bucket ? 40 : 0)),
  })
  expect(histogramQuantile(inOne(4), 0.5)).toMatchObject({ value: 10 * Math.sqrt(10), bucket: [10, 100] })
  expect(histogramQuantile(inOne(0), 0.5)).toMatchObject({ value: 0.5, bucket: [0, 1], interval: [0, 1] })
})

test('a bucket without an upper bound gives its lower one, and no bound of the error', () => {
  const { counts } = histogramOf(Array.from({ length: 30 }, () => 5_000))
  const answer = histogramQuantile({ bounds: BOUNDS, counts }, 0.5)
  expect(answer).toEqual({
    enough: true,
    value: 100,
    bucket: [100, null],
    interval: [100, null],
    samples: 30,
  })
})

test('huge counts have narrow intervals', () => {
  const counts = [1e6, 2e6, 5e6, 1e6, 1e6, 0]
  const answer = histogramQuantile({ bounds: BOUNDS, counts }, 0.5)
  expect(answer).toMatchObject({ bucket: [2, 5], interval: [2, 5], samples: 1e7 })
})

test('the bucket of a histogram holds the quantile of the sample, whatever the order of values', () => {
  const values = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 20, maxLength: 120 })
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.6, 0.4), (each, quantile) => {
      const answer = histogramQuantile(histogramOf(each), quantile)
      expect(sampleQuantile(each.toReversed(), quantile)).toEqual(sampleQuantile(each, quantile))
      if (!answer.enough) return
      expectFinite(answer)
      const exact = each.toSorted((a, b) => a - b)[Math.ceil(quantile * each.length) - 1]!
      expect(exact).toBeGreaterThanOrEqual(answer.bucket[0])
      expect(exact).toBeLessThanOrEqual(answer.bucket[1] ?? 300)
      expect(answer.value).toBeGreaterThanOrEqual(answer.interval[0])
      expect(answer.value).toBeLessThanOrEqual(answer.interval[1] ?? 300)
    }),
  )
})
