import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparePerson } from '../../src/baselines/compare-person.ts'
import { expectDigits, expectFinite } from '../oracles.ts'
import { aPerson, callsOf, persons } from './persons.ts'

const others = persons(8, { completed_count: 6 })

test('a person whose rate is that of the others differs by nothing', () => {
  const answer = comparePerson([...others, aPerson('me', { completed_count: 6 })], 'me')
  expect(answer).toMatchObject({ enough: true, rate: 0.6, othersRate: 0.6, difference: 0, others: 8 })
})

/** statsmodels 0.15: `confint_proportions_2indep(56, 70, 48, 80, method='newcomb')`. */
test('with others who are alike the interval is that of Newcombe, with the digits of statsmodels', () => {
  const me = aPerson('me', { invocation_count: 70, completed_count: 56 })
  const answer = comparePerson([...others, me], 'me')
  if (!('interval' in answer)) throw new Error('expected a comparison')
  expectDigits(answer.interval[0], 0.0524314724)
  expectDigits(answer.interval[1], 0.333872654)
  expect(answer.shrunkRate).toBeCloseTo(0.6, 10)
})

test('others who differ widen the interval and move the rate less', () => {
  const differing = others.map((row, index) => ({ ...row, completed_count: index % 2 === 0 ? 2 : 10 }))
  const me = aPerson('me', { invocation_count: 70, completed_count: 56 })
  const [alike, unlike] = [others, differing].map((rows) => comparePerson([...rows, me], 'me'))
  if (!('interval' in alike!) || !('interval' in unlike!)) throw new Error('expected comparisons')
  expect(unlike.interval[0]).toBeLessThan(alike.interval[0])
  expect(unlike.shrunkRate).toBeGreaterThan(alike.shrunkRate)
})

test('without enough calls or others there is no comparison, and one that would show one person is withheld', () => {
  const me = aPerson('me')
  const few = { enough: false, unit: 'calls', need: 5 }
  expect(comparePerson(others, 'me')).toEqual({ ...few, have: 0 })
  expect(comparePerson([...others, aPerson('me', { invocation_count: 4 })], 'me')).toEqual({
    ...few,
    have: 4,
  })
  expect(comparePerson([...persons(4), me], 'me')).toEqual({
    ...{ enough: false, unit: 'other persons', have: 4, need: 5 },
  })
  const busy = aPerson('busy', { invocation_count: 1_000 })
  expect(comparePerson([...others, busy, me], 'me')).toEqual({ withheld: 'mostly_one_person' })
})

test.each([0, 10])('others who all completed %d of 10 give an interval without NaN', (completed_count) => {
  for (const own of [0, 10]) {
    const rows = [...persons(5, { completed_count }), aPerson('me', { completed_count: own })]
    const answer = comparePerson(rows, 'me')
    expectFinite(answer)
    expect(answer).toMatchObject({ difference: (own - completed_count) / 10 })
  }
})

test('the difference lies in its interval', () => {
  const rows = fc.tuple(callsOf('me'), ...Array.from({ length: 9 }, (_, index) => callsOf(`${index}`)))
  fc.assert(
    fc.property(rows, (all) => {
      const answer = comparePerson(all, 'me')
      expectFinite(answer)
      if (!('interval' in answer)) return
      expect(answer.interval[0]).toBeLessThanOrEqual(answer.difference + 1e-12)
      expect(answer.interval[1]).toBeGreaterThanOrEqual(answer.difference - 1e-12)
    }),
  )
})
