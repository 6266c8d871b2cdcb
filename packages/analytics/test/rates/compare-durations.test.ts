import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareDurations } from '../../src/index.ts'
import { mannWhitney } from '../../src/rates/mann-whitney.ts'
import { medianPairDifference } from '../../src/rates/pair-differences.ts'
import { expectDigits, expectFinite } from '../oracles.ts'

const TWENTY = Array.from({ length: 20 }, (_, i) => i)

/** Values of SciPy 1.17: `mannwhitneyu(x, y, method=…)`. */
test.each([
  [[1, 2, 2, 3, 5], [2, 4, 4, 6, 7, 9], 5, 0.0793436832, 'asymptotic'],
  [[1, 1, 1], [1, 1, 1, 1], 6, 1, 'asymptotic'],
  [[1.1, 2.2, 3.3], [4.4, 5.5, 6.6, 7.7], 0, 0.05714285714, 'exact'],
  [[300, 900, 1500, 700, 650], [120, 340, 560, 800, 90, 400], 24, 0.12554112554, 'exact'],
  [TWENTY, TWENTY.map((i) => i + 6.5), 91, 0.00264263059, 'exact'],
] as const)('the rank test of %j and %j has the p-value of SciPy', (x, y, u, p, method) => {
  const result = mannWhitney(x, y)
  expect([result.u, result.method]).toEqual([u, method])
  expectDigits(result.p, p)
})

/** NumPy: e to the median of all differences of logarithms. */
test('the ratio of durations is the shift of Hodges and Lehmann on a log scale', () => {
  const answer = compareDurations([120, 340, 560, 800, 90, 400], [300, 900, 1500, 700, 650])
  if (!answer.enough) throw new Error('expected a comparison')
  expectDigits(answer.ratio, 2.1522901619383177)
  expect(answer.p).toBeNull()
  expect(answer.interval[0]).toBeLessThan(answer.ratio)
  expect(answer.interval[1]).toBeGreaterThan(answer.ratio)
})

test('with twenty durations a side, twice as long is a ratio of 2 and an effect of the same sign', () => {
  const before = TWENTY.map((i) => 1_000 * 1.02 ** i)
  const answer = compareDurations(
    before,
    before.map((each) => 2 * each),
  )
  if (!answer.enough) throw new Error('expected a comparison')
  expectDigits(answer.ratio, 2)
  expect(answer.cliffsDelta).toBe(1)
  expect(answer.p).toBeLessThan(1e-9)
})

test('durations that are all equal differ by nothing, with a p-value of 1', () => {
  const equal = TWENTY.map(() => 0)
  const answer = compareDurations(equal, equal)
  expect(answer).toMatchObject({ enough: true, ratio: 1, cliffsDelta: 0, p: 1, interval: [1, 1] })
})

test('with fewer than two durations on a side there is not enough data', () => {
  const few = { enough: false, unit: 'durations', need: 2 }
  expect(compareDurations([], [1, 2, 3])).toEqual({ ...few, have: 0 })
  expect(compareDurations([1, 2, 3], [5])).toEqual({ ...few, have: 1 })
})

const durations = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 2, maxLength: 40 })

test('the order of durations does not matter, and exchanging the sides mirrors the result', () => {
  fc.assert(
    fc.property(durations, durations, (before, now) => {
      const answer = compareDurations(before, now)
      expect(compareDurations(before.toReversed(), now.toReversed())).toEqual(answer)
      expectFinite(answer)
      const mirrored = compareDurations(now, before)
      if (!answer.enough || !mirrored.enough) throw new Error('expected comparisons')
      expect(mirrored.ratio * answer.ratio).toBeCloseTo(1, 9)
      expect(mirrored.cliffsDelta).toBeCloseTo(-answer.cliffsDelta, 12)
    }),
  )
})

test('the median difference equals that of all pairs', () => {
  fc.assert(
    fc.property(durations, durations, (x, y) => {
      const all = x.flatMap((a) => y.map((b) => b - a)).sort((a, b) => a - b)
      const expected = (all[Math.ceil(all.length / 2) - 1]! + all[Math.floor(all.length / 2)]!) / 2
      const [sortedX, sortedY] = [Float64Array.from(x).sort(), Float64Array.from(y).sort()]
      expect(medianPairDifference(sortedX, sortedY)).toBeCloseTo(expected, 9)
    }),
  )
})
