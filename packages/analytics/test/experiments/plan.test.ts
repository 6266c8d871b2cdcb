import { expect, test } from 'vitest'
import { planExperiment, powerOfUsers, type UserValues } from '../../src/experiments/index.ts'
import { expectDigits } from '../oracles.ts'

const rates = (baseline: number, effect: number, ratio = 0.5): UserValues => ({
  ...{ metric: 'completion_rate', baseline, effect, ratio, deviation: 1 },
})
const amounts = (
  effect: number,
  deviation: number,
  metric: UserValues['metric'] = 'rating',
): UserValues => ({
  ...{ metric, baseline: 0, deviation, effect, ratio: 0.5 },
})

/**
 * The examples of R's `power.prop.test`: n = 50, p1 = .50, p2 = .75 has power = 0.740; power = .90 needs
 * n = 76.7. Its formula gives 0.740165901331388 and 76.70692845177743, and 198.9634132843311 for .9, .8 and
 * power = .80.
 */
test('the power and the size of one look for rates are those of R', () => {
  expectDigits(powerOfUsers(rates(0.5, 0.25), 2 * 50).once, 0.740165901331388)
  expect(planExperiment(rates(0.5, 0.25), 0.9).once).toEqual({ control: 77, treatment: 77 })
  expect(planExperiment(rates(0.9, -0.1), 0.8).once).toEqual({ control: 199, treatment: 199 })
})

/** The usual formula: 2 (1.959964 + 0.841621)² / 0.5² = 62.791037874792686 users a group. */
test('the size of one look for means is that of the usual formula', () => {
  expect(planExperiment(amounts(0.5, 1), 0.8).once).toEqual({ control: 63, treatment: 63 })
  const shorter = planExperiment(amounts(-0.2, 1, 'duration_seconds'), 0.8).once.control
  expect(shorter).toBe(Math.ceil((62.791037874792686 * 0.25) / Math.log(0.8) ** 2))
})

test('looking at any time takes more users, and reaches the power with them', () => {
  for (const values of [rates(0.8, 0.1), rates(0.5, -0.02), amounts(0.5, 1), rates(0.6, 0.1, 0.2)]) {
    const { once, anyTime } = planExperiment(values, 0.8)
    expect(anyTime.control).toBeGreaterThan(once.control)
    expect(anyTime.control).toBeLessThan(3 * once.control)
    expect(powerOfUsers(values, anyTime.control + anyTime.treatment).anyTime).toBeGreaterThanOrEqual(0.8)
    expect(powerOfUsers(values, anyTime.control + anyTime.treatment - 4).anyTime).toBeLessThan(0.8)
  }
})

test('users are divided by the ratio, and an uneven one takes more of them', () => {
  const even = planExperiment(rates(0.6, 0.1), 0.8).once
  const uneven = planExperiment(rates(0.6, 0.1, 0.2), 0.8).once
  expect(uneven.treatment / uneven.control).toBeCloseTo(4, 1)
  expect(uneven.control + uneven.treatment).toBeGreaterThan(even.control + even.treatment)
})

test.each([
  ['no effect', rates(0.5, 0)],
  ['a rate above 1', rates(0.95, 0.1)],
  ['a rate below 0', rates(0.05, -0.1)],
  ['a deviation of 0', amounts(0.5, 0)],
  ['a duration of nothing', amounts(-1, 1, 'duration_seconds')],
  ['everyone in one group', rates(0.5, 0.1, 1)],
  ['an effect that is too small', rates(0.5, 1e-6)],
])('%s cannot be planned', (_, values) => {
  expect(() => planExperiment(values, 0.8)).toThrow(RangeError)
})
