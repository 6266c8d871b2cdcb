import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareStrata, type Stratum } from '../../src/index.ts'
import { expectDigits, expectFinite, numbersOf } from '../oracles.ts'

function stratum(now: readonly [number, number], before: readonly [number, number]): Stratum {
  return { now: { hits: now[0], of: now[1] }, before: { hits: before[0], of: before[1] } }
}

const THREE = [stratum([18, 20], [30, 40]), stratum([5, 20], [8, 60]), stratum([40, 60], [10, 20])]

/**
 * p of statsmodels 0.15: `StratifiedTable([[[18, 2], [30, 10]], …]).test_null_odds(correction=False)`; the
 * difference and its interval by the formula of the docstring in NumPy.
 */
test('several strata are compared by Mantel and Haenszel', () => {
  const answer = compareStrata(THREE)
  if (!answer.enough) throw new Error('expected a comparison')
  expect(answer.method).toBe('mantel_haenszel')
  expectDigits(answer.p!, 0.025200921474157645)
  expectDigits(answer.difference, 0.14423076923076922)
  expectDigits(answer.interval[0], 0.0177334187853658)
  expectDigits(answer.interval[1], 0.2707281196761726)
})

/** SciPy 1.17 `fisher_exact`, statsmodels 0.15 `confint_proportions_2indep(…, method='newcomb')`. */
test('one stratum is compared by Fisher and Newcombe', () => {
  const answer = compareStrata([stratum([56, 70], [48, 80])])
  if (!answer.enough) throw new Error('expected a comparison')
  expect(answer.method).toBe('fisher_newcombe')
  expectDigits(answer.interval[0], 0.0524314724)
  expectDigits(answer.interval[1], 0.333872654)
})

/** Kidney stones (Charig et al., Br. Med. J. 292, 1986, 879-882): the better treatment looks worse. */
test('strata reverse a difference that their sizes made', () => {
  const answer = compareStrata([stratum([81, 87], [234, 270]), stratum([192, 263], [55, 80])])
  if (!answer.enough) throw new Error('expected a comparison')
  expect(answer.crudeDifference).toBeLessThan(0)
  expect(answer.difference).toBeGreaterThan(0)
})

test('strata with one side only are counted as ignored', () => {
  expect(compareStrata([...THREE, stratum([0, 0], [3, 4])])).toMatchObject({ ignoredStrata: 1 })
  expect(compareStrata([stratum([0, 0], [3, 4])])).toEqual({
    enough: false,
    unit: 'calls on each side',
    have: 0,
    need: 1,
  })
})

test('below twenty calls a side there is an interval and no test', () => {
  expect(compareStrata([stratum([5, 10], [50, 100])])).toMatchObject({ enough: true, p: null })
})

test.each([
  ['all succeeded', stratum([30, 30], [40, 40]), stratum([25, 25], [20, 20])],
  ['all failed', stratum([0, 30], [0, 40]), stratum([0, 25], [0, 20])],
])('when %s, shares are equal with a p-value of 1', (_, a, b) => {
  expect(compareStrata([a])).toMatchObject({ difference: 0, p: 1 })
  expect(compareStrata([a, b])).toMatchObject({ difference: 0, p: 1 })
})

test('huge counts give finite numbers', () => {
  const huge = stratum([900_000, 1_000_000], [899_000, 1_000_000])
  expectFinite(compareStrata([huge]))
  expectFinite(compareStrata([huge, huge]))
})

test('the order of strata does not matter, and no answer has a NaN', () => {
  const share = fc
    .integer({ min: 0, max: 60 })
    .chain((of) => fc.record({ hits: fc.integer({ min: 0, max: of }), of: fc.constant(of) }))
  const strata = fc.array(fc.record({ before: share, now: share }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(strata, (each) => {
      const answer = compareStrata(each)
      expectFinite(answer)
      const reversed = compareStrata(each.toReversed())
      expect(reversed.enough).toBe(answer.enough)
      const [a, b] = [numbersOf(answer), numbersOf(reversed)]
      for (const [index, value] of a.entries()) expect(b[index]).toBeCloseTo(value, 9)
    }),
  )
})
