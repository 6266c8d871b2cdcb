import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coUses } from '../../src/index.ts'
import { expectDigits, expectFinite } from '../oracles.ts'

/** Units with both skills, with the first, with the second, and with none of them. */
function units(all: number, withA: number, withB: number, both: number): string[][] {
  return [
    ...Array.from({ length: both }, () => ['a', 'b']),
    ...Array.from({ length: withA - both }, () => ['a']),
    ...Array.from({ length: withB - both }, () => ['b']),
    ...Array.from({ length: all - withA - withB + both }, () => []),
  ]
}

/** p: SciPy 1.17 `fisher_exact(…, alternative='greater')`. */
test.each([
  [100, 20, 25, 15, 3, 1.100301269e-7],
  [1_000, 5, 5, 5, 200, 1.212078422e-13],
])(
  'of %d sessions, %d with one and %d with the other skill, %d with both have the lift %d',
  (all, a, b, both, lift, p) => {
    const answer = coUses(units(all, a, b, both), 'session')
    if (!answer.enough) throw new Error('expected pairs')
    const [pair] = answer.pairs
    expectDigits(pair!.p, p)
    expect(pair).toMatchObject({ a: 'a', b: 'b', both, withA: a, withB: b, support: both / all })
    expect(pair!.lift).toBeCloseTo(lift, 12)
    expect([pair!.confidenceAToB, pair!.confidenceBToA]).toEqual([both / a, both / b])
  },
)

test('skills that are always together have the lift all / n', () => {
  const answer = coUses(units(80, 20, 20, 20), 'turn')
  expect(answer).toMatchObject({ unit: 'turn', pairs: [{ lift: 4, confidenceAToB: 1 }] })
})

test('independent skills have a lift of 1, and skills that are in every session a p-value of 1', () => {
  expect(coUses(units(100, 50, 40, 20), 'session')).toMatchObject({ pairs: [{ lift: 1 }] })
  expect(coUses(units(100, 100, 100, 100), 'session')).toMatchObject({ pairs: [{ lift: 1, p: 1, q: 1 }] })
})

test('below 50 sessions there is not enough data, and below 5 together there is no pair', () => {
  expect(coUses([], 'session')).toEqual({ enough: false, unit: 'sessions', have: 0, need: 50 })
  expect(coUses(units(49, 20, 20, 20), 'session')).toMatchObject({ enough: false, have: 49 })
  expect(coUses(units(100, 20, 20, 4), 'session')).toMatchObject({ enough: true, pairs: [] })
})

test('pairs that were never together count as tests too', () => {
  const others = Array.from({ length: 5 }, () => Array.from({ length: 20 }, (_, i) => [`other-${i}`])).flat()
  const answer = coUses([...units(100, 20, 25, 15), ...others], 'session')
  if (!answer.enough) throw new Error('expected pairs')
  expect(answer.pairs[0]!.q / answer.pairs[0]!.p).toBeCloseTo((22 * 21) / 2, 6)
})

test('a unit with more than 200 skills is ignored, and counted', () => {
  const everything = Array.from({ length: 201 }, (_, i) => `skill-${i}`)
  expect(coUses([...units(60, 10, 10, 5), everything], 'session')).toMatchObject({
    all: 60,
    ignoredUnits: 1,
  })
})

test('neither the order nor the number of calls of a unit matters, and counts equal a recount', () => {
  const unit = fc.array(fc.constantFrom<string>('a', 'b', 'c', 'd'), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(unit, { minLength: 50, maxLength: 90 }), (each) => {
      const answer = coUses(each, 'session')
      expectFinite(answer)
      expect(
        coUses(
          each.toReversed().map((names) => [...names, ...names].toReversed()),
          'session',
        ),
      ).toEqual(answer)
      if (!answer.enough) throw new Error('expected pairs')
      for (const { a, b, both } of answer.pairs)
        expect(both).toBe(each.filter((names) => names.includes(a) && names.includes(b)).length)
    }),
  )
})
