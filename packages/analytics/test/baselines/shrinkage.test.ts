import fc from 'fast-check'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { priorOf, shrunkRate } from '../../src/baselines/shrinkage.ts'
import { expectDigits, expectFinite } from '../oracles.ts'

/**
 * Python 3, fractions.Fraction: the formulas of `priorOf`, and (k + a) / (n + a + b), in exact arithmetic.
 */
test('the prior of shares, and the rates that it gives, are those of exact arithmetic', () => {
  const shares = [
    [9, 10, 0.8891434008716557],
    [18, 30, 0.6084204877266397],
    [40, 50, 0.8001194602175068],
    [5, 20, 0.28353101722636215],
    [97, 100, 0.967901037258971],
  ] as const
  const prior = priorOf(shares.map(([hits, of]) => ({ hits, of })))
  expectDigits(prior.mean, 0.8047619047619048, 1e-14)
  expectDigits(prior.correlation, 0.43732881547089336, 1e-13)
  for (const [hits, of, rate] of shares) expectDigits(shrunkRate({ hits, of }, prior), rate, 1e-13)
})

test('a share of 9 in 10 with the prior Beta(8, 2) has the mean 0.85 of Beta(17, 3)', () => {
  expectDigits(shrunkRate({ hits: 9, of: 10 }, { mean: 0.8, correlation: 1 / 11 }), 0.85, 1e-14)
})

test('the correlation of simulated persons is found again', () => {
  const random = xoroshiro128plus(42)
  const uniform = () => uniformFloat64(random)
  // Beta(1, 1) is uniform: mean 1/2, correlation 1/3.
  const shares = Array.from({ length: 4_000 }, (_, index) => {
    const of = 5 + (index % 40)
    const rate = uniform()
    return {
      hits: Array.from({ length: of }, () => Number(uniform() < rate)).reduce((a, b) => a + b, 0),
      of,
    }
  })
  const prior = priorOf(shares)
  expect(prior.mean).toBeCloseTo(1 / 2, 1)
  expect(prior.correlation).toBeCloseTo(1 / 3, 1)
})

test.each([
  ['members of a group of one', [[3, 5]], 0.6],
  [
    'members that all succeed',
    [
      [5, 5],
      [900, 900],
    ],
    1,
  ],
  [
    'members that all fail',
    [
      [0, 5],
      [0, 7],
    ],
    0,
  ],
  [
    'members with the same rate',
    [
      [5, 10],
      [50, 100],
    ],
    0.5,
  ],
  [
    'members of one call each',
    [
      [1, 1],
      [0, 1],
    ],
    0.5,
  ],
])('%s are not known to differ, so that each rate is the mean', (_, shares, mean) => {
  const all = shares.map(([hits, of]) => ({ hits: hits!, of: of! }))
  const prior = priorOf(all)
  expect(prior).toEqual({ mean, correlation: 0 })
  for (const share of all) expect(shrunkRate(share, prior)).toBe(mean)
})

test('members that always fail or always succeed keep their rate', () => {
  const shares = [
    { hits: 100, of: 100 },
    { hits: 0, of: 100 },
    { hits: 100, of: 100 },
  ]
  const prior = priorOf(shares)
  expect(prior.correlation).toBe(1)
  expect(shares.map((share) => shrunkRate(share, prior))).toEqual([1, 0, 1])
})

test('a shrunk rate lies between the rate and the mean, also of huge counts, and nothing is NaN', () => {
  const share = fc
    .oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1e12 }))
    .chain((of) => fc.record({ hits: fc.integer({ min: 0, max: of }), of: fc.constant(of) }))
  fc.assert(
    fc.property(fc.array(share, { minLength: 1, maxLength: 20 }), (shares) => {
      const prior = priorOf(shares)
      expectFinite(prior)
      expect(prior.correlation).toBeGreaterThanOrEqual(0)
      expect(prior.correlation).toBeLessThanOrEqual(1)
      for (const each of shares) {
        const [rate, shrunk] = [each.hits / each.of, shrunkRate(each, prior)]
        expect(shrunk).toBeGreaterThanOrEqual(Math.min(rate, prior.mean) - 1e-9)
        expect(shrunk).toBeLessThanOrEqual(Math.max(rate, prior.mean) + 1e-9)
      }
    }),
  )
})
