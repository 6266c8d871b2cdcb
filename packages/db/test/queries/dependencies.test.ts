import { formatInstant } from '@skillwatch/schema'
import { aDependency, aTransition } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  CursorError,
  type DependenciesQuery,
  listDependencies,
  listTransitions,
  type TransitionsQuery,
} from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { createSave } from '../dependencies/stored.ts'
import { callSkills } from '../findings/stored.ts'
import { plansOf } from '../plans-of.ts'
import { allPages } from './recorded.ts'

const PAIRS = [
  aDependency({ skill_b: 'plan', lift_score: 2 }),
  aDependency({ skill_a: 'build', skill_b: 'deploy', lift_score: 4, q_value: 0.06 }),
  aDependency({ skill_a: 'plan', skill_b: 'review', lift_score: 3 }),
]
const FOLLOWS = [
  aTransition({ from_skill: 'plan', to_skill: 'deploy', lift_score: 2 }),
  aTransition({ from_skill: 'deploy', to_skill: 'plan', lift_score: 3 }),
  aTransition({ from_skill: 'build', to_skill: 'deploy', lift_score: 4, q_value: 0.06 }),
]

async function stored(overrides: Parameters<ReturnType<typeof createSave>>[0] = {}) {
  const database = openTestDatabase()
  await callSkills(database.writer, 'build', 'deploy', 'plan', 'review')
  createSave(database.writer)({ dependencies: PAIRS, transitions: FOLLOWS, ...overrides })
  return database
}

test('pairs are selected by either side, lift and q, the highest lift first', async () => {
  using database = await stored()
  // The same name as another kind, as it is stored when such a call was recorded.
  database.writer.sqlite.exec(`update skill_dependencies set kind_b = 'command' where skill_b = 'plan'`)
  const found = (query: Partial<DependenciesQuery>) =>
    listDependencies(database.writer, PROJECT, { unit: 'session', q_max: 0.05, limit: 9, ...query })
      .items.map(({ skill_a, skill_b }) => `${skill_a}+${skill_b}`)
      .join(' ')
  expect(found({})).toBe('plan+review deploy+plan')
  expect(found({ q_max: 1 })).toBe('build+deploy plan+review deploy+plan')
  expect(found({ q_max: 0.06, min_lift: 3 })).toBe('build+deploy plan+review')
  expect(found({ q_max: 1, skill_name: 'deploy' })).toBe('build+deploy deploy+plan')
  expect(found({ skill_name: 'plan' })).toBe('plan+review deploy+plan')
  expect(found({ skill_name: 'plan', kind: 'command' })).toBe('deploy+plan')
  expect(found({ skill_name: 'plan', kind: 'skill' })).toBe('plan+review')
  expect(found({ kind: 'command' })).toBe('deploy+plan')
  expect(found({ unit: 'turn' })).toBe('')
})

test('transitions are selected by where they begin and where they lead', async () => {
  using database = await stored()
  const found = (query: Partial<TransitionsQuery>) =>
    listTransitions(database.writer, PROJECT, { unit: 'session', q_max: 1, limit: 9, ...query })
      .items.map(({ from_skill, to_skill }) => `${from_skill}>${to_skill}`)
      .join(' ')
  expect(found({})).toBe('build>deploy deploy>plan plan>deploy')
  expect(found({ from: 'plan' })).toBe('plan>deploy')
  expect(found({ to: 'deploy' })).toBe('build>deploy plan>deploy')
  expect(found({ to: 'deploy', q_max: 0.05, min_lift: 2 })).toBe('plan>deploy')
  expect(found({ from: 'plan', from_kind: 'agent' })).toBe('')
  expect(found({ to: 'plan', to_kind: 'skill' })).toBe('deploy>plan')
})

test('the answer says what was counted, and whether that is enough', async () => {
  using database = await stored({ units: 49, transitions_counted: 50, dependencies: [] })
  const query = { unit: 'session', q_max: 0.05, limit: 9 } as const
  const { sample, items } = listDependencies(database.writer, PROJECT, query)
  expect(items).toEqual([])
  expect(sample).toEqual({
    unit: 'session',
    computed_at: formatInstant(NOW_MS),
    since: formatInstant(NOW_MS - 90 * 86_400_000),
    until: formatInstant(NOW_MS),
    ...{ units: 49, units_needed: 50, ignored_units: 0, enough: false },
    ...{ transitions_counted: 50, transitions_needed: 50 },
    ...{ left_out_dependencies: 0, left_out_transitions: 0 },
  })
  expect(listTransitions(database.writer, PROJECT, query).sample).toEqual({ ...sample, enough: true })
  expect(listDependencies(database.writer, PROJECT, { ...query, unit: 'turn' }).sample).toBeNull()
})

test('pages hold each pair once, also of one lift, and refuse the cursor of another list', async () => {
  const dependencies = ['build', 'deploy', 'plan'].flatMap((skill_a) =>
    ['review', 'x', 'y'].map((skill_b) => aDependency({ skill_a, skill_b, lift_score: 1 / 3 })),
  )
  using database = await stored({ dependencies: [] })
  await callSkills(database.writer, 'x', 'y')
  createSave(database.writer)({
    dependencies: [...dependencies, ...PAIRS.slice(0, 1)],
    transitions: FOLLOWS,
  })
  const query = { unit: 'session', q_max: 1, limit: 2 } as const
  const read = (cursor: string | undefined) =>
    listDependencies(database.writer, PROJECT, { ...query, ...(cursor !== undefined && { cursor }) })
  const names = allPages(read).map(({ skill_a, skill_b }) => `${skill_a}+${skill_b}`)
  expect(names[0]).toBe('deploy+plan')
  expect(names.slice(1)).toEqual(dependencies.map(({ skill_a, skill_b }) => `${skill_a}+${skill_b}`))
  const { next_cursor } = listTransitions(database.writer, PROJECT, query)
  expect(() => read(next_cursor!)).toThrow(CursorError)
  expect(() => read(Buffer.from('["skill_dependencies","x",1]').toString('base64url'))).toThrow(CursorError)
})

test('both lists are read from the index by lift, without a sort', async () => {
  using database = await stored()
  const query = { unit: 'session', q_max: 0.05, min_lift: 2, limit: 1 } as const
  const plans = await plansOf(database.writer, () => {
    listDependencies(database.writer, PROJECT, { ...query, skill_name: 'plan' })
    listTransitions(database.writer, PROJECT, { ...query, from: 'plan' })
  })
  const lists = plans.filter(({ sql }) => sql.includes('indexed by')).map(({ plan }) => plan)
  expect(lists).toEqual(
    ['skill_dependencies', 'skill_transition'].map((table) => [
      `SEARCH ${table} USING INDEX ${table}_by_lift (project_id=? AND unit=? AND lift_score>?)`,
    ]),
  )
})
