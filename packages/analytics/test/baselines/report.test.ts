import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effectivenessPercentiles } from '../../src/baselines/percentiles.ts'
import { baselinesAcrossPersons } from '../../src/baselines/report.ts'
import { expectFinite } from '../oracles.ts'
import { aPerson, callsOf, persons } from './persons.ts'

const WINDOW = { sinceMs: Date.UTC(2026, 10, 1), untilMs: Date.UTC(2026, 10, 22) }

test('skills are shown with their numbers, and withheld ones are counted by the reason', () => {
  const report = baselinesAcrossPersons(
    [
      ...persons(6, { skill_name: 'few' }).slice(2),
      ...[...persons(5, { skill_name: 'one' }), aPerson('x', { skill_name: 'one', invocation_count: 99 })],
      ...[aPerson(null, { invocation_count: 77 }), ...persons(7)],
    ],
    WINDOW,
  )
  expect(report).toEqual({
    type: 'baseline',
    since: '2026-11-01T00:00:00.000Z',
    until: '2026-11-22T00:00:00.000Z',
    persons: 5,
    withheld: { too_few_persons: 1, mostly_one_person: 1, calls_without_user: 50 },
    baselines: [
      {
        ...{ kind: 'skill', skill_name: 'plan', total_users: 5, total_invocations: 50 },
        ...{ global_completion_rate: 1, completion_rate_low: 0.462, completion_rate_high: 1 },
        ...{ global_avg_duration_seconds: 2, most_common_workflow_phase: 'setup' },
        effectiveness_percentile: null,
        effectiveness_percentile_low: null,
        effectiveness_percentile_high: null,
      },
    ],
  })
})

test('no calls give an empty report', () => {
  expect(baselinesAcrossPersons([], WINDOW)).toMatchObject({
    persons: 0,
    withheld: { too_few_persons: 0, mostly_one_person: 0, calls_without_user: 0 },
    baselines: [],
  })
})

const skills = (...completed: readonly number[]) =>
  completed.flatMap((completed_count, index) =>
    persons(100, { skill_name: `skill ${index}`, completed_count }),
  )
const percentiles = (rows: ReturnType<typeof skills>) =>
  baselinesAcrossPersons(rows, WINDOW).baselines.map((each) => [
    each.effectiveness_percentile_low,
    each.effectiveness_percentile,
    each.effectiveness_percentile_high,
  ])

test('a percentile is the middle of the places of a skill, and its interval the places that it may have', () => {
  expect(percentiles(skills(1, 5, 5, 9, 10))).toEqual([
    [0, 10, 20],
    [20, 40, 60],
    [20, 40, 60],
    [60, 70, 80],
    [80, 90, 100],
  ])
})

test('skills that do not differ are all in the middle, and may have any place', () => {
  expect(percentiles(skills(10, 10, 10, 10, 10))).toEqual(new Array(5).fill([0, 50, 100]))
  expect(percentiles(skills(0, 0, 0, 0, 0, 0))).toEqual(new Array(6).fill([0, 50, 100]))
})

test('fewer than five skills of a kind have no percentile', () => {
  const tools = skills(1, 5, 9, 10).map((row) => ({ ...row, kind: 'tool' }))
  expect(percentiles([...skills(1, 5, 9, 10), ...tools])).toEqual(new Array(8).fill([null, null, null]))
})

test('a skill of few persons is moved to the mean of all', () => {
  const rates = [0.5, 0.6, 0.7, 0.8, 0.9, 1]
  const among = (total_users: number) =>
    effectivenessPercentiles(
      rates.map((global_completion_rate) => ({
        global_completion_rate,
        total_users: global_completion_rate === 1 ? total_users : 1_000,
        completion_rate_interval: [0, 1] as const,
      })),
    ).at(-1)!.value
  expect(among(1_000)).toBe(92)
  expect(among(5)).toBeLessThan(92)
})

const skillNames = ['a', 'b', 'c', 'd', 'e', 'f']
const anyProject = fc.tuple(
  ...skillNames.flatMap((name) => Array.from({ length: 7 }, (_, person) => callsOf(`${person}`, name))),
)

test('all that is added to the rounded numbers can be computed from them', () => {
  fc.assert(
    fc.property(anyProject, (rows) => {
      const { baselines } = baselinesAcrossPersons(rows, WINDOW)
      expectFinite(baselines)
      const again = effectivenessPercentiles(
        baselines.map(({ completion_rate_low, completion_rate_high, ...each }) => ({
          ...each,
          completion_rate_interval: [completion_rate_low, completion_rate_high],
        })),
      )
      expect(baselines.map((each) => each.effectiveness_percentile)).toEqual(
        again.map((each) => each?.value ?? null),
      )
      for (const each of baselines) {
        expect(each.completion_rate_low).toBeLessThanOrEqual(each.global_completion_rate)
        expect(each.completion_rate_high).toBeGreaterThanOrEqual(each.global_completion_rate)
        const { effectiveness_percentile_low: low, effectiveness_percentile_high: high } = each
        if (low !== null) expect(low).toBeLessThanOrEqual(each.effectiveness_percentile!)
        if (high !== null) expect(high).toBeGreaterThanOrEqual(each.effectiveness_percentile!)
      }
    }),
  )
})
