import { expect, test } from 'vitest'
import { betaBinomialTails, betaBinomialTailsOf } from '../../src/distributions/beta-binomial.ts'
import { twoSided } from '../../src/distributions/binomial.ts'
import { chiSquaredAtLeast, normalTwoSided, studentTwoSided } from '../../src/distributions/continuous.ts'
import { negativeBinomialTails, poissonTails } from '../../src/distributions/counts.ts'
import { expectDigits } from '../oracles.ts'

/** Values of SciPy 1.17: `nbinom` with n = 1 / α, p = 1 / (1 + α · mean); `sf(k - 1)` and `cdf(k)`. */
test('tails of the negative binomial distribution are those of SciPy', () => {
  expectDigits(negativeBinomialTails(60, { mean: 27, dispersion: 0.05 }).atLeast, 0.0004741054427)
  expectDigits(negativeBinomialTails(5, { mean: 30, dispersion: 0.05 }).atMost, 5.358974638e-5)
  expectDigits(negativeBinomialTails(0, { mean: 27, dispersion: 0.05 }).atMost, 3.7900309331082466e-8)
})

/** Values of SciPy 1.17: `poisson.sf(k - 1, mean)` and `poisson.cdf(k, mean)`. */
test('tails of the Poisson distribution are those of SciPy', () => {
  expectDigits(poissonTails(70, 30).atLeast, 3.362521707e-10)
  expectDigits(poissonTails(0, 27).atMost, 1.879528817e-12)
  expect(negativeBinomialTails(70, { mean: 30, dispersion: 0 })).toEqual(poissonTails(70, 30))
})

test('without an expected event, none is certain', () => {
  expect(negativeBinomialTails(0, { mean: 0, dispersion: 0.1 })).toEqual({ atMost: 1, atLeast: 1 })
  expect(negativeBinomialTails(1, { mean: 0, dispersion: 0.1 })).toEqual({ atMost: 1, atLeast: 0 })
})

/** Values of SciPy 1.17: `betabinom.cdf(k, n, a, b)`. */
test.each([
  [12, 30, 27, 3, 1.314355268e-5],
  [0, 20, 900, 100, 4.945659161e-20],
  [3, 10, 0.5, 0.5, 0.4080352783203125],
  [900_000, 1_000_000, 9_000, 1_000, 0.49651989054104545],
])('the lower tail of the beta-binomial at %d of %d with (%d, %d) is that of SciPy', (k, n, a, b, tail) => {
  // Log-gamma of a million keeps 9 digits.
  expectDigits(betaBinomialTailsOf(k, n, a, b).atMost, tail, n > 1_000 ? 1e-6 : 1e-8)
})

test('the two tails of the beta-binomial mirror each other and overlap in the value', () => {
  expectDigits(betaBinomialTailsOf(18, 30, 3, 27).atLeast, 1.314355268e-5)
  const { atMost, atLeast } = betaBinomialTailsOf(4, 9, 2, 3)
  const { atMost: below } = betaBinomialTailsOf(3, 9, 2, 3)
  expect(atMost + atLeast).toBeCloseTo(1 + (atMost - below), 12)
})

test('a correlation of 0 is the binomial distribution, and a rate of 0 or 1 is certain', () => {
  expectDigits(betaBinomialTails(12, 30, { mean: 0.9, correlation: 0 }).atMost, 2.625306939e-11)
  expectDigits(betaBinomialTails(12, 30, { mean: 0.9, correlation: 1e-9 }).atMost, 2.625306939e-11, 1e-4)
  expect(betaBinomialTails(20, 20, { mean: 1, correlation: 0.1 })).toEqual({ atMost: 1, atLeast: 1 })
  expect(betaBinomialTails(0, 20, { mean: 0, correlation: 0.1 })).toEqual({ atMost: 1, atLeast: 1 })
  expect(twoSided(betaBinomialTails(0, 0, { mean: 0.5, correlation: 0.1 }))).toBe(1)
})

/** Values of SciPy 1.17: `2 * norm.sf(10)`, `chi2.sf(100, 3)`, `2 * t.sf(3, 5)`. */
test('tails of the normal, chi-squared and t distributions are those of SciPy', () => {
  expectDigits(normalTwoSided(10), 1.523970604832094e-23)
  expectDigits(chiSquaredAtLeast(100, 3), 1.5541594313896026e-21)
  expectDigits(studentTwoSided(3, 5), 0.03009924789746259)
  expect([chiSquaredAtLeast(0, 2), normalTwoSided(0)]).toEqual([1, 1])
})
