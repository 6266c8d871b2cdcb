import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WINDOW_HOURS } from '../../src/anomalies/baseline-hours.ts'
import { CORRELATION_PRIOR, callDispersion, shrinkDispersions } from '../../src/anomalies/dispersion.ts'
import { centreAndSpread, riditsOf } from '../../src/anomalies/duration.ts'
import { gTest } from '../../src/anomalies/g-test.ts'
import { volumeProfile } from '../../src/anomalies/volume-profile.ts'
import { mannWhitney } from '../../src/rates/mann-whitney.ts'
import { expectDigits } from '../oracles.ts'
import { createRandom } from './rows.ts'

/** SciPy 1.17: `chi2_contingency(table, lambda_='log-likelihood')`. */
test('the G-test has the values of SciPy', () => {
  const { g, p, degreesOfFreedom } = gTest([
    [30, 10, 5],
    [18, 22, 6],
  ])
  expectDigits(g, 7.723995549)
  expectDigits(p, 0.02102595243)
  expect(degreesOfFreedom).toBe(2)
})

test('equal rows, and rows of one column, do not differ', () => {
  expect(
    gTest([
      [5, 0, 5],
      [10, 0, 10],
    ]),
  ).toEqual({ g: 0, degreesOfFreedom: 1, p: 1 })
  expect(gTest([[5], [9]])).toEqual({ g: 0, degreesOfFreedom: 0, p: 1 })
})

test('the mean ridit is the U of the rank test, divided by the number of pairs', () => {
  const bucket = fc.integer({ min: 0, max: 5 })
  const sample = fc.array(bucket, { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(sample, sample, (window, baseline) => {
      const counts = new Float64Array(6)
      for (const each of baseline) counts[each]! += 1
      const { ridits } = riditsOf(counts)
      const mean = window.reduce((sum, each) => sum + ridits[each]!, 0) / window.length
      expect(mean).toBeCloseTo(mannWhitney(window, baseline).u / (window.length * baseline.length), 12)
    }),
  )
})

/** SciPy 1.17: `median_abs_deviation(log x, scale='normal')` of a log-normal sample tends to its sigma. */
test('the spread of a log-normal histogram is its standard deviation', () => {
  const bounds = Array.from({ length: 200 }, (_, i) => 1.1 ** (i + 1))
  const counts = Float64Array.from(
    bounds,
    (bound) => 1e6 * Math.exp(-0.5 * ((Math.log(bound) - 9) / 0.8) ** 2),
  )
  const { medianMs, logSpread } = centreAndSpread({ bounds, counts })
  expect(Math.log(medianMs)).toBeCloseTo(9 - Math.log(1.1) / 2, 2)
  expect(logSpread).toBeCloseTo(0.8, 2)
})

const HOURS = 28 * 24

/** Hours of sessions, each of which completes all of its calls or none. */
function sessions(callsPerSession: number) {
  const random = createRandom(callsPerSession)
  const sums = new Float64Array(HOURS)
  const counts = new Float64Array(HOURS)
  for (let hour = 0; hour < HOURS; hour += 1) {
    for (let session = 0; session < 12 * random(); session += 1) {
      counts[hour]! += callsPerSession
      sums[hour]! += random() < 0.8 ? callsPerSession : 0
    }
  }
  return { sums, counts }
}

test('sessions of several calls multiply the variance by their size, and add no correlation', () => {
  const range = { from: 0, to: HOURS, usable: new Uint8Array(HOURS).fill(1) }
  const each = { mean: 0.8, variance: 0.16 }
  const all = [1, 3].map((size) => callDispersion(sessions(size), range, WINDOW_HOURS, each))
  const [single, triple] = shrinkDispersions(all, CORRELATION_PRIOR)
  for (const { clustered, correlation } of single!) {
    expect(clustered).toBeLessThan(1.3)
    expect(correlation).toBeLessThan(0.02)
  }
  expect(triple![0]!.clustered).toBeGreaterThan(2.4)
  expect(triple![0]!.clustered).toBeLessThan(3.3)
})

test('a skill without data has the dispersion of the median skill, and one without a baseline has none', () => {
  const nothing = { weight: 0, x: 0, xx: 0, ratio: 0, xRatio: 0 }
  const known = { weight: 100, x: 1_000, xx: 20_000, ratio: 400, xRatio: 4_000 }
  const [first, second, third] = shrinkDispersions([[known], undefined, [nothing]], CORRELATION_PRIOR)
  expect(second).toBeUndefined()
  expect(third).not.toBeUndefined()
  expect(third![0]!.clustered).toBeGreaterThan(1)
  expect(first![0]!.clustered).toBeGreaterThanOrEqual(third![0]!.clustered)
  expect(shrinkDispersions([undefined], CORRELATION_PRIOR)).toEqual([undefined])
})

test('a profile of two weeks follows day and hour, and one of less than a day does not exist', () => {
  const hourOfWeek = Uint8Array.from({ length: HOURS }, (_, hour) => hour % 168)
  const usable = new Uint8Array(HOURS).fill(1)
  const calls = Float64Array.from({ length: HOURS }, (_, hour) => {
    const isWeekend = hour % 168 >= 120
    return (hour % 24 < 12 ? 4 : 20) * (isWeekend ? 0.5 : 1)
  })
  const profile = volumeProfile(calls, hourOfWeek, { from: 0, to: 14 * 24, usable })
  if (!profile.enough) throw new Error('expected a profile')
  expect(profile.baseline).toBe('hour_of_week')
  expect(profile.means[13]).toBeCloseTo(20, 0)
  expect(profile.means[121]).toBeCloseTo(2, 0)
  expect(volumeProfile(calls, hourOfWeek, { from: 0, to: 20, usable })).toEqual({
    enough: false,
    unit: 'hours',
    have: 20,
    need: 24,
  })
})
