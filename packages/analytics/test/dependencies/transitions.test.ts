import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SequencedCall, transitions } from '../../src/index.ts'
import { expectDigits, expectFinite } from '../oracles.ts'

/** `plan edit commit` as calls of 10 ms, one second apart. */
function session(text: string): SequencedCall[] {
  return text.split(' ').map((skill, i) => {
    return { skill, started_at_ms: i * 1_000, ended_at_ms: i * 1_000 + 10 }
  })
}

function repeat(count: number, text: string): SequencedCall[][] {
  return Array.from({ length: count }, () => session(text))
}

test('directions are apart, with the median gap from end to start', () => {
  const answer = transitions([...repeat(40, 'plan edit'), ...repeat(10, 'edit plan')], 'session')
  if (!answer.enough) throw new Error('expected transitions')
  const found = answer.transitions.map(({ from, to, count, share }) => [from, to, count, share])
  expect(found.toSorted()).toEqual([
    ['edit', 'plan', 10, 1],
    ['plan', 'edit', 40, 1],
  ])
  expect(answer.transitions.map(({ medianGapMs }) => medianGapMs)).toEqual([990, 990])
})

/** SciPy 1.17: `fisher_exact([[15, 5], [10, 70]], alternative='greater')`. */
test('the test and lift of a transition are those of its table', () => {
  const answer = transitions(
    [...repeat(15, 'a b'), ...repeat(5, 'a c'), ...repeat(10, 'd b'), ...repeat(70, 'd c')],
    'turn',
  )
  if (!answer.enough) throw new Error('expected transitions')
  const pair = answer.transitions.find(({ from, to }) => from === 'a' && to === 'b')
  expectDigits(pair!.p, 1.100301269e-7)
  expect(pair!.lift).toBeCloseTo(3, 12)
  expect(answer).toMatchObject({ unit: 'turn', all: 100 })
})

test('a loop inside of one session counts once in the test', () => {
  const loop = session(Array.from({ length: 50 }, () => 'edit test').join(' '))
  const answer = transitions([...repeat(60, 'plan edit'), loop], 'session')
  if (!answer.enough) throw new Error('expected transitions')
  expect(answer.all).toBe(62)
  expect(answer.transitions.map(({ from, units }) => [from, units])).toEqual([['plan', 60]])
})

test('calls that overlap have a gap of 0, and without an end it begins at the start', () => {
  const calls = [
    { skill: 'a', started_at_ms: 0, ended_at_ms: 900 },
    { skill: 'b', started_at_ms: 500, ended_at_ms: null },
    { skill: 'c', started_at_ms: 700, ended_at_ms: 800 },
  ]
  const answer = transitions(
    Array.from({ length: 30 }, () => calls),
    'session',
  )
  if (!answer.enough) throw new Error('expected transitions')
  expect(answer.transitions.map(({ from, medianGapMs }) => [from, medianGapMs]).toSorted()).toEqual([
    ['a', 0],
    ['b', 200],
  ])
})

test('below 50 transitions there is not enough data', () => {
  expect(transitions([], 'session')).toEqual({ enough: false, unit: 'transitions', have: 0, need: 50 })
  expect(transitions(repeat(49, 'a b'), 'session')).toMatchObject({ enough: false, have: 49 })
})

test('the order in which calls and sessions are passed does not matter', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(text, { minLength: 30, maxLength: 60 }), (each) => {
      const sessions = each.map((names) => session(names.join(' ')))
      const answer = transitions(sessions, 'session')
      expectFinite(answer)
      expect(
        transitions(
          sessions.toReversed().map((calls) => calls.toReversed()),
          'session',
        ),
      ).toEqual(answer)
    }),
  )
})

test('counts, units and margins of each transition equal a recount of all calls', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 9 })
  fc.assert(
    fc.property(fc.array(text, { minLength: 30, maxLength: 60 }), (each) => {
      const answer = transitions(
        each.map((names) => session(names.join(' '))),
        'session',
      )
      if (!answer.enough) return
      const follows = each.map((names) => names.slice(1).map((to, i) => `${names[i]} ${to}`))
      const all = follows.flat()
      expect(answer.all).toBe(follows.reduce((sum, one) => sum + new Set(one).size, 0))
      for (const { from, to, count, units, fromCount, toCount } of answer.transitions) {
        const key = `${from} ${to}`
        expect({ count, units, fromCount, toCount }).toEqual({
          count: all.filter((one) => one === key).length,
          units: follows.filter((one) => one.includes(key)).length,
          fromCount: all.filter((one) => one.startsWith(`${from} `)).length,
          toCount: all.filter((one) => one.endsWith(` ${to}`)).length,
        })
      }
    }),
  )
})
