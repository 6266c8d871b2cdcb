import { expect, test } from 'vitest'
import { binomialAtLeast, binomialAtMost } from '../../src/distributions/binomial.ts'
import { fisherGreater, fisherTwoSided } from '../../src/distributions/fisher.ts'

/** Values of SciPy 1.17: `binom.sf(k - 1, n, p)`. */
test.each([
  [45, 45, 0.9, 0.008727963568],
  [20, 1_000, 0.001, 1.335748699e-19],
  [0, 10, 0.2, 1],
])('the upper tail of the binomial distribution at %d of %d with p = %d is exact', (k, n, p, tail) => {
  expect(binomialAtLeast(k, n, p) / tail).toBeCloseTo(1, 8)
})

/** Values of SciPy 1.17: `binom.cdf(k, n, p)`. */
test.each([
  [12, 30, 0.9, 2.625306939e-11],
  [0, 20, 0.9, 1e-20],
  [20, 20, 0.9, 1],
])('the lower tail of the binomial distribution at %d of %d with p = %d is exact', (k, n, p, tail) => {
  expect(binomialAtMost(k, n, p) / tail).toBeCloseTo(1, 8)
})

test('tails between two whole numbers lie between theirs', () => {
  const tails = [4, 4.5, 5].map((k) => binomialAtLeast(k, 10.5, 0.5))
  expect(tails).toEqual(tails.toSorted((a, b) => b - a))
  expect(new Set(tails).size).toBe(3)
})

/** Values of SciPy 1.17: `fisher_exact`. */
test.each([
  [8, 10, 1, 6, 0.03496503497],
  [0, 10, 10, 10, 1.082508822e-5],
  [20, 166, 3, 143, 0.0008044499626],
  [1_200, 100_000, 1_000, 100_000, 1.96395068e-5],
  [0, 50, 0, 60, 1],
])("Fisher's test of %d of %d against %d of %d is exact", (hitsA, ofA, hitsB, ofB, p) => {
  expect(fisherTwoSided({ hits: hitsA, of: ofA }, { hits: hitsB, of: ofB }) / p).toBeCloseTo(1, 6)
})

/** Values of SciPy 1.17: `fisher_exact(…, alternative='greater')`. */
test.each([
  [150, 1_000, 850, 19_000, 5.183561194e-35],
  [15, 20, 10, 80, 1.100301269e-7],
  [5, 5, 0, 995, 1.212078422e-13],
  [0, 10, 0, 10, 1],
  [3, 10, 3, 10, 0.6857],
])("Fisher's one-sided test of %d of %d against %d of %d is exact", (hitsA, ofA, hitsB, ofB, p) => {
  const value = fisherGreater({ hits: hitsA, of: ofA }, { hits: hitsB, of: ofB })
  expect(value / p).toBeCloseTo(1, p > 0.5 ? 3 : 7)
})
