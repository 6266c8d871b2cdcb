import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareMeans, mixtureLikelihoodRatio } from '../../src/experiments/compare-means.ts'
import { isMismatch, sampleRatio } from '../../src/experiments/sample-ratio.ts'
import { RunningSummary } from '../../src/experiments/summarise.ts'
import { expectDigits } from '../oracles.ts'

/** Computed with 60 digits (mpmath 1.4): a difference of 0.04 of 2,000 users, variance 0.5, mixture 0.0009. */
test('the likelihood ratio has the digits of an oracle', () => {
  const ratio = mixtureLikelihoodRatio(0.04, 0.5 / 2_000, Math.sqrt(0.0009))
  expectDigits(ratio, 5.704867024)
  expectDigits(1 / ratio, 0.1752889236)
})

/** SciPy 1.17: `binomtest(12, 30, 0.5)`, `binomtest(5300, 10000, 0.5)` to the digits of `chisquare`. */
test('the sizes of groups are tested exactly', () => {
  expectDigits(sampleRatio({ control: 12, treatment: 18 }, 0.5).p, 0.3615946081)
  const uneven = sampleRatio({ control: 5_300, treatment: 4_700 }, 0.5)
  expect(uneven.p).toBeGreaterThan(1.9e-9)
  expect(uneven.p).toBeLessThan(2.1e-9)
  expect([isMismatch(uneven), isMismatch(sampleRatio({ control: 5_031, treatment: 4_969 }, 0.5))]).toEqual([
    true,
    false,
  ])
  expect(sampleRatio({ control: 0, treatment: 0 }, 0.5).p).toBe(1)
  expect(isMismatch(sampleRatio({ control: 200, treatment: 800 }, 0.2))).toBe(false)
})

const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 30 })

function summaryOf(all: readonly number[]): RunningSummary {
  const summary = new RunningSummary()
  for (const value of all) summary.add(value)
  return summary
}

test('mean and variance are those of two passes over the values', () => {
  fc.assert(
    fc.property(values, (all) => {
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length
      const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1)
      expect(summaryOf(all).mean).toBeCloseTo(mean, 9)
      expect(summaryOf(all).variance).toBeCloseTo(variance, 9)
    }),
  )
})

test('the interval excludes 0 exactly where p is at most 0.05, and exchanging the groups mirrors it', () => {
  const scale = fc.double({ min: 0.01, max: 5, noNaN: true })
  fc.assert(
    fc.property(values, values, scale, (a, b, effect) => {
      const [control, treatment] = [summaryOf(a), summaryOf(b)]
      const { difference, interval, p } = compareMeans({ control, treatment }, effect)
      const mirrored = compareMeans({ control: treatment, treatment: control }, effect)
      expect([mirrored.difference, mirrored.p]).toEqual([0 - difference, p])
      // At the bound itself rounding decides.
      fc.pre(interval !== null && Math.abs(p - 0.05) > 1e-9)
      expect(interval![0] > 0 || interval![1] < 0).toBe(p <= 0.05)
      expect(interval![0]).toBeLessThanOrEqual(difference)
      expect(interval![1]).toBeGreaterThanOrEqual(difference)
    }),
  )
})

test('values that are all equal differ by nothing', () => {
  const same = summaryOf([3, 3, 3])
  expect(compareMeans({ control: same, treatment: same }, 1)).toEqual({
    difference: 0,
    interval: null,
    p: 1,
  })
})
