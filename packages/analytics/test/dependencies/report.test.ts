import type { Kind } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { dependencyReport } from '../../src/index.ts'

const DAY_MS = 86_400_000
const WINDOW = { unit: 'session', sinceMs: 0, untilMs: DAY_MS, computedAtMs: DAY_MS + 1 } as const

/** Sessions as `skill plan, command plan`: calls of one second each, three seconds apart. */
function sessions(count: number, text: string) {
  const calls = text.split(', ').map((each, index) => {
    const [kind, skill_name] = each.split(' ') as [Kind, string]
    return { kind, skill_name, invoked_at_ms: index * 3_000, ended_at_ms: index * 3_000 + 1_000 }
  })
  return Array.from({ length: count }, () => calls)
}

const report = (units: ReturnType<typeof sessions>) =>
  dependencyReport({ skills: () => units, calls: () => units }, WINDOW)

test('skills are distinguished by kind and name, and a pair is in the order of names', () => {
  const { dependencies, transitions, ...counted } = report([
    ...sessions(20, 'skill plan, command plan'),
    ...sessions(40, 'skill deploy, agent a'),
    ...sessions(20, 'agent a'),
  ])
  expect(counted).toEqual({
    ...{ type: 'dependency', unit: 'session', computed_at: '1970-01-02T00:00:00.001Z' },
    ...{ since: '1970-01-01T00:00:00.000Z', until: '1970-01-02T00:00:00.000Z' },
    ...{ units: 80, units_needed: 50, ignored_units: 0, transitions_counted: 60, transitions_needed: 50 },
    ...{ left_out_dependencies: 0, left_out_transitions: 0 },
  })
  expect(dependencies).toMatchObject([
    { kind_a: 'command', skill_a: 'plan', kind_b: 'skill', skill_b: 'plan', lift_score: 4 },
    {
      ...{ kind_a: 'agent', skill_a: 'a', kind_b: 'skill', skill_b: 'deploy', co_occurrence_count: 40 },
      ...{ with_a: 60, with_b: 40, lift_score: 80 / 60 },
    },
  ])
  expect(
    transitions
      .map(({ from_kind, from_skill, to_kind, to_skill }) => [from_kind, from_skill, to_kind, to_skill])
      .sort(),
  ).toEqual([
    ['skill', 'deploy', 'agent', 'a'],
    ['skill', 'plan', 'command', 'plan'],
  ])
  expect(transitions.map(({ median_gap_ms }) => median_gap_ms)).toEqual([2_000, 2_000])
})

test('too few sessions are a report without pairs that says how many are needed', () => {
  expect(report(sessions(49, 'skill plan, skill deploy'))).toMatchObject({
    ...{ units: 49, units_needed: 50, transitions_counted: 49, transitions_needed: 50 },
    ...{ dependencies: [], transitions: [] },
  })
})

test('of more than 10,000 pairs those with the lowest q-values are listed, and the others are counted', () => {
  const names = Array.from({ length: 142 }, (_, index) => `skill other-${index}`).join(', ')
  const { dependencies, left_out_dependencies } = report([
    ...sessions(50, names),
    ...sessions(50, 'skill plan, skill deploy'),
    ...sessions(10, 'skill plan'),
  ])
  expect(dependencies.length).toBe(10_000)
  expect(left_out_dependencies).toBe((142 * 141) / 2 + 1 - 10_000)
  expect(dependencies[0]).toMatchObject({ lift_score: 110 / 50 })
})
