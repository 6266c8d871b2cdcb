import { formatInstant } from '@skillwatch/schema'
import { aDependency, aTransition } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  createProject,
  listDependencies,
  listTransitions,
  recount,
  streamPosition,
} from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { callSkills } from '../findings/stored.ts'
import { plansOf } from '../plans-of.ts'
import { createSave, namesOf } from './stored.ts'

const NOTHING = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, skipped: 0 }
const HOUR_MS = 3_600_000

const PAIR = aDependency()
const OTHER_PAIR = aDependency({ skill_b: 'review', lift_score: 2 })
const FOLLOWING = aTransition()
const REVERSE = aTransition({ from_skill: 'deploy', to_skill: 'plan', lift_score: 1.5 })

async function withSkills() {
  const database = openTestDatabase()
  await callSkills(database.writer, 'deploy', 'plan', 'review')
  return { ...database, save: createSave(database.writer) }
}

const rowsOf = ({ sqlite }: { sqlite: Awaited<ReturnType<typeof withSkills>>['writer']['sqlite'] }) =>
  ['skill_dependencies', 'skill_transition', 'skill_dependency_report'].map((table) =>
    sqlite.prepare(`select * from ${table}`).all(),
  )

test('a report replaces the rows of its unit, and of each it is known when it got its numbers', async () => {
  using database = await withSkills()
  const { writer, save } = database
  expect(save({ dependencies: [PAIR, OTHER_PAIR], transitions: [FOLLOWING, REVERSE] })).toEqual({
    ...NOTHING,
    inserted: 4,
  })
  const revised = { ...OTHER_PAIR, lift_score: 2.5 }
  const reply = save({ dependencies: [PAIR, revised], transitions: [REVERSE] }, NOW_MS + HOUR_MS)
  expect(reply).toEqual({ ...NOTHING, unchanged: 2, updated: 1, deleted: 1 })
  const [before, after] = [formatInstant(NOW_MS), formatInstant(NOW_MS + HOUR_MS)]
  const query = { unit: 'session', q_max: 1, limit: 9 } as const
  expect(listDependencies(writer, PROJECT, query).items).toEqual([
    { ...PAIR, last_updated_at: before },
    { ...revised, last_updated_at: after },
  ])
  expect(listTransitions(writer, PROJECT, query).items).toEqual([{ ...REVERSE, last_updated_at: before }])
})

test('a report that is sent twice changes nothing the second time, and nothing is on the change log', async () => {
  using database = await withSkills()
  const { writer, save } = database
  const report = {
    dependencies: [aDependency({ p_value: 5e-324, q_value: 0.1 + 0.2, lift_score: 1e300 })],
    transitions: [aTransition({ median_gap_ms: -0 })],
  }
  const position = streamPosition(writer, PROJECT)
  expect(save(report)).toEqual({ ...NOTHING, inserted: 2 })
  const rows = rowsOf(writer)
  expect(save(report, NOW_MS + HOUR_MS)).toEqual({ ...NOTHING, unchanged: 2 })
  expect(rowsOf(writer)).toEqual(rows)
  expect(streamPosition(writer, PROJECT)).toEqual(position)
  expect(recount(writer, NOW_MS)).toEqual([])
})

test('when the number of units changes, so do the rows, as each shows its lift by itself', async () => {
  using database = await withSkills()
  const { writer, save } = database
  save({ dependencies: [PAIR], transitions: [FOLLOWING] })
  expect(save({ dependencies: [PAIR], transitions: [FOLLOWING], units: 101 })).toEqual({
    ...NOTHING,
    updated: 1,
    unchanged: 1,
  })
  expect(writer.sqlite.prepare('select units from skill_dependencies').pluck().all()).toEqual([101])
})

test('sessions, turns and other projects have reports of their own', async () => {
  using database = await withSkills()
  const { writer, save } = database
  const other = createProject(writer, 'other', NOW_MS).project_id
  save({ dependencies: [PAIR] })
  save({ unit: 'turn', transitions: [FOLLOWING] })
  expect(save({ dependencies: [PAIR] }, NOW_MS, other)).toEqual({ ...NOTHING, skipped: 1 })
  expect(save({ unit: 'turn' })).toEqual({ ...NOTHING, deleted: 1 })
  expect([namesOf(writer), namesOf(writer, 'turn'), namesOf(writer, 'session', other)]).toEqual([
    ['deploy+plan'],
    [],
    [],
  ])
})

test('a pair or transition with a skill without recorded calls is skipped, also by its kind', async () => {
  using database = await withSkills()
  const { writer, save } = database
  const dependencies = [PAIR, aDependency({ skill_b: 'unknown' }), aDependency({ kind_a: 'command' })]
  const transitions = [FOLLOWING, aTransition({ to_kind: 'agent' }), aTransition({ from_skill: 'unknown' })]
  expect(save({ dependencies, transitions })).toEqual({ ...NOTHING, inserted: 2, skipped: 4 })
  expect(namesOf(writer)).toEqual(['deploy+plan', 'plan>deploy'])
})

test('secrets in names are not stored, and names that are equal without them are stored once', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const [one, two] = [`ghp_${'a1B2'.repeat(9)}`, `ghp_${'c3D4'.repeat(9)}`]
  await callSkills(writer, 'deploy', `plan ${one}`)
  const dependencies = [one, two].map((secret) => aDependency({ skill_b: `plan ${secret}` }))
  const transitions = [one, two].map((secret) => aTransition({ from_skill: `plan ${secret}` }))
  expect(createSave(writer)({ dependencies, transitions })).toEqual({ ...NOTHING, inserted: 2, skipped: 2 })
  expect(namesOf(writer)).toEqual(['deploy+plan [redacted]', 'plan [redacted]>deploy'])
})

test('a report finds its rows by unit and the calls of its skills by index', async () => {
  using database = await withSkills()
  const plans = await plansOf(database.writer, () => {
    const save = createSave(database.writer)
    save({ dependencies: [PAIR], transitions: [FOLLOWING] })
    save({})
  })
  const steps = plans.flatMap(({ sql, plan }) =>
    /skill_dependenc|skill_transition/.test(sql) && !sql.startsWith('insert') ? plan : [],
  )
  expect(steps.length).toBeGreaterThan(0)
  expect(steps.filter((step) => step.startsWith('SCAN'))).toEqual([])
})
