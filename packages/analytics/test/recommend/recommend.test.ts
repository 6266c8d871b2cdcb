import type { Baseline, ReportedAffinity } from '@skillwatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createTextIndex,
  recommendForPerson,
  recommendForPhase,
  recommendForQuery,
  recommendFromBaselines,
  recommendFromCalls,
} from '../../src/recommend/index.ts'

const used = (skill_name: string, completed_count = 9, ended_count = 10) => ({
  ...{ kind: 'skill' as const, skill_name, completed_count, ended_count },
})
const affinity = (
  skill_name: string,
  also_name: string,
  value: number,
  effectiveness = 1,
): ReportedAffinity => ({
  ...{
    kind: 'skill',
    skill_name,
    also_kind: 'skill',
    also_name,
    affinity: value,
    persons: 10,
    effectiveness,
  },
})
const baseline = (skill_name: string, total_users: number, global_completion_rate = 0.8) =>
  ({ kind: 'skill', skill_name, total_users, global_completion_rate }) as Baseline
const names = (items: readonly { skill_name: string }[]) => items.map(({ skill_name }) => skill_name)

test('what persons with the same skills also use is scored by all skills that the person uses', () => {
  const uses = [used('a'), used('b'), used('c')]
  const affinities = [
    affinity('a', 'x', 0.3),
    affinity('b', 'x', 0.3),
    affinity('a', 'y', 0.4),
    affinity('c', 'z', 0.6, 0.1),
    affinity('a', 'b', 0.9),
  ]
  const items = recommendForPerson(uses, affinities, 10)
  expect(items).toMatchObject([
    { skill_name: 'x', score: 0.2, source: 'persons', samples: 10 },
    { skill_name: 'y', score: 0.1333 },
    { skill_name: 'z', score: 0.02 },
  ])
  expect(items[0]!.reason).toBe(
    'At least 10 persons who use a (and those who use 1 more of the skills used well) also use it, and 100% of ' +
      'its calls complete, each person counting once.',
  )
  expect(names(recommendForPerson(uses, affinities, 1))).toEqual(['x'])
})

test('a person with fewer than three skills that are used well gets nothing from other persons', () => {
  const affinities = [affinity('a', 'x', 0.3)]
  expect(recommendForPerson([used('a'), used('b')], affinities, 10)).toEqual([])
  expect(recommendForPerson([used('a'), used('b'), used('c', 1, 10)], affinities, 10)).toEqual([])
})

test('a skill that mostly failed for the person may be recommended, one that completed may not', () => {
  const baselines = [baseline('mine', 20), baseline('failing', 10)]
  const uses = [used('mine', 1, 2), used('failing', 1, 3)]
  expect(names(recommendFromBaselines(baselines, 20, uses, 10))).toEqual(['failing'])
})

test('whatever the data, nothing that is used well is recommended, and scores are between 0 and 1', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  const use = fc.record({ name, done: fc.nat(5), failed: fc.nat(5) })
  const pair = fc.record({ from: name, to: name, value: fc.double({ min: 0, max: 1, noNaN: true }) })
  fc.assert(
    fc.property(fc.uniqueArray(use, { selector: (each) => each.name }), fc.array(pair), (drawn, pairs) => {
      const uses = drawn.map((each) => used(each.name, each.done, each.done + each.failed))
      const well = uses.filter(
        (each) => each.completed_count > 0 && each.completed_count * 2 >= each.ended_count,
      )
      const items = [
        ...recommendForPerson(
          uses,
          pairs.map(({ from, to, value }) => affinity(from, to, value)),
          10,
        ),
        ...recommendFromBaselines(
          pairs.map(({ to }) => baseline(to, 5)),
          10,
          uses,
          10,
        ),
        ...recommendFromCalls(uses, uses, 10),
      ]
      for (const { skill_name, score } of items) {
        expect(names(well)).not.toContain(skill_name)
        expect(score).toBeGreaterThan(0)
        expect(score).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('for a query the match of the words and the completed calls count', () => {
  const skills = [
    used('pdf-fill', 1, 100),
    used('pdf-read', 99, 100),
    used('deploy', 99, 100),
    used('pdf-new', 0, 0),
  ]
  const items = recommendForQuery('pdf', createTextIndex(skills), skills, 10)
  expect(names(items)).toEqual(['pdf-read', 'pdf-fill'])
  expect(items[0]!.reason).toMatch(
    /^Its name or description has words of the query .* 9\d% of its 100 ended calls complete\.$/,
  )
})

test('for a phase its most used skills are recommended from 20 calls on', () => {
  const skills = [used('a', 14, 15), used('b', 4, 4)]
  expect(recommendForPhase(skills, 10)).toEqual([])
  const items = recommendForPhase([...skills, used('c', 1, 1)], 10)
  expect(names(items)).toEqual(['a', 'b', 'c'])
  expect(items[0]!.reason).toMatch(
    /^It has 15 of the 20 ended calls in this phase, and \d+% of them complete\.$/,
  )
})

test('baselines are ordered by the persons for whom a skill works', () => {
  const items = recommendFromBaselines([baseline('a', 10, 1), baseline('b', 20, 0.8)], 25, [], 10)
  expect(items).toMatchObject([
    { skill_name: 'b', score: 0.64, source: 'baselines', samples: 20, sample_unit: 'persons' },
    { skill_name: 'a', score: 0.4 },
  ])
})
