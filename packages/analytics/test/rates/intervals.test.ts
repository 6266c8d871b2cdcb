import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newcombeInterval, wilsonInterval } from '../../src/rates/intervals.ts'
import { expectDigits } from '../oracles.ts'

/** The first two are of Newcombe (Statistics in Medicine 17, 1998, 857-872), table I, method 3. */
test.each([
  [81, 263, [0.2553, 0.3662]],
  [0, 20, [0, 0.1611]],
  [10, 10, [0.7225, 1]],
  [45, 60, [0.6277, 0.8422]],
])("Wilson's interval of %d of %d is the published one", (hits, of, [from, to]) => {
  const interval = wilsonInterval({ hits, of })
  expect(interval[0]).toBeCloseTo(from!, 4)
  expect(interval[1]).toBeCloseTo(to!, 4)
})

/** statsmodels 0.15: `proportion_confint(k, n, method='wilson')`. */
test.each([
  [0, 1, 0, 0.7934506856],
  [10, 10, 0.7224672001, 1],
  [899_000, 1_000_000, 0.898407873, 0.8995890616],
])("Wilson's interval of %d of %d has the digits of statsmodels", (hits, of, from, to) => {
  const interval = wilsonInterval({ hits, of })
  expectDigits(interval[0], from)
  expectDigits(interval[1], to)
})

/** Newcombe (Statistics in Medicine 17, 1998, 873-890), table II, method 10. */
test.each([
  [56, 70, 48, 80, [0.0524, 0.3339]],
  [9, 10, 3, 10, [0.1705, 0.809]],
  [10, 10, 0, 20, [0.6791, 1]],
])("Newcombe's interval of %d/%d - %d/%d is the published one", (hitsA, ofA, hitsB, ofB, [from, to]) => {
  const interval = newcombeInterval({ hits: hitsA, of: ofA }, { hits: hitsB, of: ofB })
  expect(interval[0]).toBeCloseTo(from!, 4)
  expect(interval[1]).toBeCloseTo(to!, 4)
})

test('an interval contains its share and stays between 0 and 1', () => {
  const share = fc
    .integer({ min: 1, max: 10_000 })
    .chain((of) => fc.record({ hits: fc.integer({ min: 0, max: of }), of: fc.constant(of) }))
  fc.assert(
    fc.property(share, ({ hits, of }) => {
      const [from, to] = wilsonInterval({ hits, of })
      expect(from).toBeGreaterThanOrEqual(0)
      expect(from).toBeLessThanOrEqual(hits / of + 1e-12)
      expect(to).toBeGreaterThanOrEqual(hits / of - 1e-12)
      expect(to).toBeLessThanOrEqual(1)
    }),
  )
})
