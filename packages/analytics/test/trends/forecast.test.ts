import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forecast } from '../../src/index.ts'
import { forecastOf, step } from '../../src/trends/holt-winters.ts'
import { expectDigits, expectFinite } from '../oracles.ts'

/** statsmodels 0.15: `ExponentialSmoothing(y, trend='add', seasonal='add', initialization_method='known', …)`. */
test('Holt-Winters has the forecasts of statsmodels', () => {
  const smoothing = { alpha: 0.3, beta: 0.1, gamma: 0.2 }
  let state = { level: 14, trend: 1, season: [-4, 0, -6, 10] as readonly number[] }
  for (const y of [10, 14, 8, 25, 16, 22, 14, 30]) state = step(state, y, smoothing)
  // For the fourth step statsmodels forecasts 34.91684689, from the season before its last update, which is
  // 9.7361074. The definition takes the updated one, 9.4452364 in its `season`.
  const oracle = [18.74838606, 23.62407986, 17.70764922, 34.91684689 - 9.7361074 + 9.4452364]
  for (const [i, value] of oracle.entries()) expectDigits(forecastOf(state, i + 1), value)
})

/** A week with a quiet end, a slow rise and errors without a pattern. */
function days(count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const error = ((i * 7919) % 101) / 10 - 5
    return 100 + i / 2 + (i % 7 >= 5 ? -60 : 0) + error
  })
}

test('until there are three seasons the forecast is the value of a season ago', () => {
  const series = days(20)
  const answer = forecast(series, { season: 7, horizon: 7 })
  if (!answer.enough) throw new Error('expected a forecast')
  expect(answer.method).toBe('seasonal_naive')
  expect(answer.values.map(({ value }) => value)).toEqual(series.slice(13))
})

test('then Holt-Winters follows level, trend and season', () => {
  const answer = forecast(days(70), { season: 7, horizon: 7 })
  if (!answer.enough) throw new Error('expected a forecast')
  expect(answer.method).toBe('holt_winters')
  for (const [i, { value, interval }] of answer.values.entries()) {
    const truth = 100 + (70 + i) / 2 + ((70 + i) % 7 >= 5 ? -60 : 0)
    expect(Math.abs(value - truth)).toBeLessThan(5)
    expect(interval[0]).toBeLessThan(truth)
    expect(interval[1]).toBeGreaterThan(truth)
  }
  expect(answer.coverage.inside / answer.coverage.of).toBeGreaterThan(0.8)
})

test('below two seasons, or seven held-out values, there is not enough data', () => {
  const few = forecast(days(14), { season: 7, horizon: 7 })
  expect(few).toEqual({ enough: false, unit: 'values', have: 14, need: 15 })
  expect(forecast([], { season: 7, horizon: 1 })).toMatchObject({ enough: false, have: 0 })
  const short = forecast([1, 2, 1, 2, 1, 2], { season: 2, horizon: 1 })
  expect(short).toMatchObject({ enough: false, unit: 'held-out values', have: 2 })
})

test('a horizon of more than a season is refused', () => {
  expect(() => forecast(days(30), { season: 7, horizon: 8 })).toThrow(/at most 7/)
})

test('a constant series has a constant forecast, without a NaN', () => {
  for (const length of [18, 50]) {
    const answer = forecast(
      Array.from({ length }, () => 0),
      { season: 7, horizon: 7 },
    )
    if (!answer.enough) throw new Error('expected a forecast')
    expect(answer.coverage.inside).toBe(answer.coverage.of)
    for (const { value, interval } of answer.values) expect([value, ...interval]).toEqual([0, 0, 0])
  }
})

test('every series of numbers has a finite forecast or none', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 60 }), (series) => {
      const answer = forecast(series, { season: 7, horizon: 7 })
      expectFinite(answer)
      expect(forecast(series, { season: 7, horizon: 7 })).toEqual(answer)
    }),
    { numRuns: 40 },
  )
})
