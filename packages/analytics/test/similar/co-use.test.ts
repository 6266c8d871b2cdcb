import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coUseScores, countPairs } from '../../src/similar/co-use.ts'

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const scoresOf = (sessions: number[][], skills: number) => coUseScores(countPairs(sessions, skills))

test('two skills that are only used together have the score 1', () => {
  const sessions = [...times(8, [0, 1]), ...times(12, [2])]
  expect(scoresOf(sessions, 3)).toEqual([[{ number: 1, score: 1 }], [{ number: 0, score: 1 }], []])
})

test('two skills that are never together, and are used with the same third, are similar', () => {
  const sessions = [...times(10, [0, 2]), ...times(10, [1, 2]), ...times(60, [3])]
  const ofFirst = scoresOf(sessions, 4)[0]!
  // By hand: ln(80/10) with itself, ln(10·80/(10·20)) with the third; the products of the two rows are of the
  // third alone.
  const [own, third] = [Math.log(8), Math.log(4)]
  expect(ofFirst.find(({ number }) => number === 1)!.score).toBeCloseTo(
    third ** 2 / (own ** 2 + third ** 2),
    12,
  )
})

test('pairs that chance explains, and pairs of fewer than 5 sessions, count as nothing', () => {
  // 30 sessions with both where 25 are expected: G² is 4.0, and p 0.04.
  const byChance = [...times(30, [0, 1]), ...times(20, [0]), ...times(20, [1]), ...times(30, [])]
  const rare = [...times(4, [0, 1]), ...times(96, [2])]
  for (const sessions of [byChance, rare]) expect(scoresOf(sessions, 3).slice(0, 2)).toEqual([[], []])
})

test('scores are symmetric, between 0 and 1, and do not depend on the order of sessions', () => {
  const session = fc.uniqueArray(fc.nat(5), { maxLength: 4 })
  fc.assert(
    fc.property(fc.array(session, { minLength: 30, maxLength: 120 }), (sessions) => {
      const scores = scoresOf(sessions, 6)
      for (const [a, row] of scores.entries())
        for (const { number, score } of row) {
          expect(score).toBeGreaterThan(0)
          expect(score).toBeLessThanOrEqual(1)
          expect(scores[number]!.find((each) => each.number === a)!.score).toBeCloseTo(score, 12)
        }
      expect(scoresOf(sessions.toReversed(), 6)).toEqual(scores)
    }),
  )
})
