import { KINDS, type Observation } from '@skillwatch/schema'
import { aBaseline, anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { callsByPerson, listBaselines } from '../../src/index.ts'
import { createSave } from '../baselines/stored.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { plansOf } from '../plans-of.ts'
import { allPages, recorded } from './recorded.ts'

async function withBaselines() {
  const database = openTestDatabase()
  const skills = KINDS.flatMap((kind) => ['a', 'b', 'c'].map((skill_name) => ({ kind, skill_name })))
  const observations = skills.map((skill, index) =>
    parsed(anObservation({ ...skill, invocation_id: `${index}` })),
  )
  await createRecord(database.writer)([{ projectId: PROJECT, observations }], NOW_MS)
  createSave(database.writer)(skills.map(aBaseline))
  return database
}

test('baselines are listed by kind and name, in pages of any size, in both orders', async () => {
  using database = await withBaselines()
  const { writer } = database
  const namesOf = (query: object, limit = 2) =>
    allPages((cursor) =>
      listBaselines(writer, PROJECT, { order: 'asc', limit, ...query, ...(cursor && { cursor }) }),
    ).map(({ kind, skill_name }) => `${kind} ${skill_name}`)
  const all = namesOf({}, 100)
  expect(all).toHaveLength(15)
  expect(all).toEqual(all.toSorted())
  expect(namesOf({})).toEqual(all)
  expect(namesOf({ order: 'desc' })).toEqual(all.toReversed())
  expect(namesOf({ kind: 'tool' })).toEqual(['tool a', 'tool b', 'tool c'])
  expect(namesOf({ skill_name: 'b' })).toEqual(all.filter((each) => each.endsWith(' b')))
  expect(namesOf({ skill_name: 'b', order: 'desc' }, 1)).toHaveLength(5)
  expect(namesOf({ skill_name: 'b', kind: 'mcp' })).toEqual(['mcp b'])
})

test('no list of baselines scans or sorts', async () => {
  using database = await withBaselines()
  const { writer } = database
  const plans = await plansOf(writer, () => {
    for (const order of ['asc', 'desc'] as const)
      for (const query of [{}, { kind: 'skill' as const }, { skill_name: 'a' }]) {
        const { next_cursor } = listBaselines(writer, PROJECT, { ...query, order, limit: 1 })
        listBaselines(writer, PROJECT, { ...query, order, limit: 1, cursor: next_cursor! })
      }
  })
  expect(plans.length).toBeGreaterThan(10)
  for (const { sql, plan } of plans)
    expect(plan, sql).not.toContainEqual(expect.stringMatching(/SCAN skill|TEMP B-TREE/))
})

const call = (invocation_id: string, more: Partial<Observation>): Observation =>
  anObservation({ invocation_id, invoked_at: NOW_MS - 1_000, execution_ms: 100, ...more })

const CALLS = [
  call('1', { user_id: 'ada', workflow_phase: 'setup' }),
  call('2', { user_id: 'ada', workflow_phase: 'setup', outcome: 'failed', elapsed_ms: 900 }),
  call('3', { user_id: 'ada', workflow_phase: 'execution', outcome: 'rejected' }),
  call('4', { user_id: 'ada', outcome: 'running', execution_ms: undefined }),
  call('5', { session_id: 'session of ada' }),
  call('6', { user_id: 'ada', session_id: 'session of ada', kind: 'tool' }),
  call('7', { user_id: 'bob', skill_name: 'review' }),
  call('8', { user_id: 'ada', invoked_at: NOW_MS - 5_000 }),
  call('9', { user_id: 'ada', invoked_at: NOW_MS }),
]

test('calls of a window are counted by skill and person, and calls without a user belong to no person', async () => {
  using database = await recorded(CALLS)
  const rows = [...callsByPerson(database.reader, PROJECT, [NOW_MS - 2_000, NOW_MS])]
  expect(rows.map(({ user_hash, ...row }) => ({ ...row, hasUser: user_hash !== null }))).toEqual([
    {
      ...{ kind: 'skill', skill_name: 'pdf-fill', hasUser: false, invocation_count: 1, completed_count: 1 },
      ...{ duration_count: 1, duration_ms_sum: 100, phase_counts: {} },
    },
    {
      ...{ kind: 'skill', skill_name: 'pdf-fill', hasUser: true, invocation_count: 3, completed_count: 1 },
      ...{ duration_count: 2, duration_ms_sum: 1_000, phase_counts: { setup: 2, execution: 1 } },
    },
    {
      ...{ kind: 'skill', skill_name: 'review', hasUser: true, invocation_count: 1, completed_count: 1 },
      ...{ duration_count: 1, duration_ms_sum: 100, phase_counts: {} },
    },
    {
      ...{ kind: 'tool', skill_name: 'pdf-fill', hasUser: true, invocation_count: 1, completed_count: 1 },
      ...{ duration_count: 1, duration_ms_sum: 100, phase_counts: {} },
    },
  ])
  const [ada, bob] = [rows[1]!.user_hash, rows[2]!.user_hash]
  expect(rows[3]!.user_hash).toBe(ada)
  expect(bob).not.toBe(ada)
  expect([...callsByPerson(database.reader, PROJECT, [NOW_MS + 1, NOW_MS + 2])]).toEqual([])
})

test('calls by person are read once, by the index of their time', async () => {
  using database = await recorded(CALLS)
  const plans = await plansOf(database.reader, () => {
    expect([...callsByPerson(database.reader, PROJECT, [0, NOW_MS])]).not.toEqual([])
  })
  expect(plans).toHaveLength(1)
  expect(plans[0]!.plan).toContainEqual(
    expect.stringMatching(/SEARCH skill_invocation USING INDEX skill_invocation_by_time .*invoked_at_ms/),
  )
})
