import fc from 'fast-check'
import { expect, test } from 'vitest'
import { studentQuantile95, studentTwoSided } from '../../src/distributions/continuous.ts'
import { durationTrend, rateTrend } from '../../src/index.ts'
import { fitLine } from '../../src/trends/line.ts'
import { theilSen } from '../../src/trends/theil-sen.ts'
import { expectDigits, expectFinite } from '../oracles.ts'

function points(y: readonly number[], weights: readonly number[]) {
  return y.map((value, x) => ({ x, y: value, weight: weights[x]! }))
}

/** statsmodels 0.15: `WLS(y, [1, x], weights)`, t with n - 2 degrees of freedom. */
test('the weighted line is that of statsmodels', () => {
  const line = fitLine(points([0.91, 0.9, 0.93, 0.88, 0.85, 0.86, 0.8], [120, 30, 200, 45, 60, 150, 20]))
  expectDigits(line.slope, -0.01475367647)
  expectDigits(line.error, 0.005171720069)
  expectDigits(studentTwoSided(line.slope / line.error, 5), 0.03570801934)
  expectDigits(line.slope - studentQuantile95(5) * line.error, -0.02804800614)
  expectDigits(line.slope + studentQuantile95(5) * line.error, -0.001459346802, 1e-7)
})

/** The same with `cov_type='HAC'`, `maxlags=2`, `use_correction=True`, `use_t=True`. */
test('the error of Newey and West is that of statsmodels', () => {
  const line = fitLine(points([5, 6, 5, 7, 8, 7, 9, 9, 10, 12], [10, 20, 10, 30, 10, 20, 15, 10, 25, 10]), 2)
  expectDigits(line.robustError, 0.05677299924)
  expectDigits(studentTwoSided(line.slope / line.robustError, 8), 2.674440743e-6)
})

/** SciPy 1.17: `theilslopes(y, x)`. */
test('the robust slope is that of SciPy', () => {
  const y = [5, 6, 5, 7, 8, 7, 9, 9, 10, 12]
  const trend = theilSen(y.map((value, x) => ({ x, y: value })))
  expectDigits(trend.slope, 0.6666666666666666)
  expectDigits(trend.interval[0], 0.5)
  expectDigits(trend.interval[1], 1)
  expect(trend.p).toBeLessThan(0.001)
})

const DAYS = Array.from({ length: 14 }, (_, x) => x)
/** Small errors without a pattern. */
const NOISE = [3, -2, 1, 4, -3, -1, 2, -4, 0, 3, -2, 1, -1, 2]

test('a rising completion rate improves, a rising error rate worsens', () => {
  const rising = DAYS.map((x) => ({ x, hits: 50 + 2 * x + NOISE[x]!, of: 100 }))
  expect(rateTrend(rising, { lowerIsBetter: false })).toMatchObject({ enough: true, verdict: 'improving' })
  expect(rateTrend(rising, { lowerIsBetter: true })).toMatchObject({ enough: true, verdict: 'worsening' })
})

test('rising durations worsen, falling ones improve, and others are stable', () => {
  const durations = (factor: number) =>
    DAYS.map((x) => ({ x, medianMs: 1_000 * factor ** x * (1 + NOISE[x]! / 100), calls: 40 }))
  const verdict = (factor: number) => {
    const trend = durationTrend(durations(factor))
    return trend.enough && trend.verdict
  }
  expect([1.05, 0.95, 1].map(verdict)).toEqual(['worsening', 'improving', 'stable'])
})

test('one wrong point does not make a trend', () => {
  const wrong = DAYS.map((x) => ({ x, medianMs: x === 13 ? 60_000 : 1_000 + 5 * NOISE[x]!, calls: 40 }))
  expect(durationTrend(wrong)).toMatchObject({ method: 'theil_sen', verdict: 'stable' })
  const heavy = DAYS.map((x) => ({ x, medianMs: 1_000 + 5 * NOISE[x]!, calls: x === 0 ? 9_000 : 40 }))
  expect(durationTrend(heavy)).toMatchObject({ method: 'theil_sen', verdict: 'stable' })
})

test.each([
  ['all completed', 100],
  ['none completed', 0],
])('when %s, the trend is stable with a p-value of 1', (_, hits) => {
  const trend = rateTrend(
    DAYS.map((x) => ({ x, hits, of: 100 })),
    { lowerIsBetter: false },
  )
  expect(trend).toMatchObject({ verdict: 'stable', slope: 0, p: 1, interval: [0, 0] })
})

test('below eight points, or four with calls, there is not enough data', () => {
  const seven = DAYS.slice(0, 7).map((x) => ({ x, medianMs: 5, calls: 9 }))
  expect(durationTrend(seven)).toEqual({ enough: false, unit: 'points', have: 7, need: 8 })
  expect(durationTrend([])).toMatchObject({ enough: false, have: 0 })
  const empty = DAYS.map((x) => ({ x, medianMs: 5, calls: x < 3 ? 9 : 0 }))
  expect(durationTrend(empty)).toEqual({ enough: false, unit: 'points with calls', have: 3, need: 4 })
})

test('an error that depends on the one before it is named, and widens the interval', () => {
  const waves = DAYS.map((x) => ({ x, medianMs: 1_000 * Math.exp(0.3 * Math.sin(x / 2.2)), calls: 40 }))
  const trend = durationTrend(waves)
  if (!trend.enough) throw new Error('expected a trend')
  expect(trend.lag1).toBeGreaterThan(0.5)
  const line = fitLine(waves.map(({ x, medianMs, calls }) => ({ x, y: Math.log(medianMs), weight: calls })))
  expect(trend.interval[1] - trend.interval[0]).toBeGreaterThan(2 * studentQuantile95(12) * line.error)
})

test('the order of points with equal x and equal rates does not matter', () => {
  const points = [14, 21, 28, 36, 36, 36, 36].map((of, x) => ({ x: Math.min(x, 3), hits: 0, of }))
  const equal = [2, 10].map((of) => ({ x: 2, hits: of / 2, of }))
  const trendOf = (each: typeof points) => rateTrend([...points, ...each], { lowerIsBetter: false })
  expect(trendOf(equal)).toMatchObject({ enough: true })
  expect(trendOf(equal.toReversed())).toEqual(trendOf(equal))
})

test('the order of points does not matter, and no answer has a NaN', () => {
  const point = fc.integer({ min: 0, max: 50 }).chain((of) =>
    fc.record({
      x: fc.integer({ min: 0, max: 20 }),
      hits: fc.integer({ min: 0, max: of }),
      of: fc.constant(of),
    }),
  )
  fc.assert(
    fc.property(fc.array(point, { maxLength: 30 }), fc.boolean(), (each, lowerIsBetter) => {
      const trend = rateTrend(each, { lowerIsBetter })
      expectFinite(trend)
      const reversed = rateTrend(each.toReversed(), { lowerIsBetter })
      expect(reversed.enough).toBe(trend.enough)
      if (!trend.enough || !reversed.enough) return
      expect(reversed.slope).toBeCloseTo(trend.slope, 8)
      expect(reversed.p).toBeCloseTo(trend.p, 6)
    }),
  )
})
