import { aDependency, anObservation, aTransition, fixedClock } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createRecorder, type DeletionSelector, type Writer } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { namesOf, parsedDependencies } from './stored.ts'

const CALLS = [
  { skill_name: 'plan', session_id: 'only', user_id: 'ada' },
  { skill_name: 'plan', session_id: 'only', user_id: 'ada' },
  { skill_name: 'plan', session_id: 'only', user_id: 'ada' },
  { skill_name: 'deploy', session_id: 'only', user_id: 'ada' },
  { skill_name: 'deploy', session_id: 'shared', user_id: 'bob' },
  { skill_name: 'review', session_id: 'shared', user_id: 'bob' },
  { skill_name: 'plan', session_id: 'shared', user_id: 'bob', kind: 'command' as const },
].map((call, index) =>
  parsed(anObservation({ ...call, invocation_id: `${index}`, invoked_at: NOW_MS - (9 - index) * 1_000 })),
)
const REPORT = {
  dependencies: [
    aDependency({ skill_b: 'plan', lift_score: 5 }),
    aDependency({ kind_b: 'command', skill_b: 'plan', lift_score: 4 }),
    aDependency({ skill_b: 'review', lift_score: 3 }),
    aDependency({ skill_a: 'plan', skill_b: 'review', lift_score: 2 }),
  ],
  transitions: [
    aTransition({ from_skill: 'plan', to_skill: 'deploy', lift_score: 5 }),
    aTransition({ from_skill: 'deploy', to_skill: 'plan', lift_score: 4 }),
    aTransition({ from_skill: 'deploy', to_skill: 'review', lift_score: 3 }),
  ],
}
/** Those without the skill `plan`; the command of this name is another thing. */
const WITHOUT_PLAN = ['deploy+plan', 'deploy+review', 'deploy>review']
const ALL = [
  ...['deploy+plan', 'deploy+plan', 'deploy+review', 'plan+review'],
  ...['plan>deploy', 'deploy>plan', 'deploy>review'],
]

async function openReported(writer: Writer) {
  const options = { queueItemsMax: 100, groupRowsMax: 2, turnDelayMs: 86_400_000, now: fixedClock }
  const recorder = createRecorder(writer, options)
  await recorder.record(PROJECT, CALLS)
  await recorder.recordFindings(PROJECT, parsedDependencies(REPORT))
  await recorder.recordFindings(PROJECT, parsedDependencies({ unit: 'turn', ...REPORT }))
  return recorder
}

test.each<[DeletionSelector, string[]]>([
  [{ session_id: 'only' }, WITHOUT_PLAN],
  [{ user_id: 'ada' }, WITHOUT_PLAN],
  [{ before_ms: NOW_MS - 5_500 }, WITHOUT_PLAN],
  [{ before_ms: NOW_MS - 8_500 }, ALL],
  [{ skill_name: 'plan', kind: 'skill' }, WITHOUT_PLAN],
  [{ skill_name: 'plan' }, ['deploy+review', 'deploy>review']],
  [{ skill_name: 'plan', kind: 'agent' }, ALL],
  [{ everything: true }, []],
])('deleting %j deletes what names a skill that has no calls left', async (selector, left) => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openReported(writer)
  await recorder.delete(PROJECT, selector)
  expect(namesOf(writer)).toEqual(left)
  expect(namesOf(writer, 'turn')).toEqual(left)
})

test('an old report does not bring back a deleted skill', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openReported(writer)
  await recorder.delete(PROJECT, { skill_name: 'plan' })
  expect(await recorder.recordFindings(PROJECT, parsedDependencies(REPORT))).toMatchObject({
    ...{ inserted: 0, unchanged: 2, skipped: 5 },
  })
  expect(namesOf(writer)).toEqual(['deploy+review', 'deploy>review'])
})

test('of a project that is deleted nothing is left, also of what was computed', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openReported(writer)
  await recorder.delete(PROJECT, { everything: true })
  for (const table of ['skill_dependencies', 'skill_transition', 'skill_dependency_report'])
    expect(writer.sqlite.prepare(`select count(*) from ${table}`).pluck().get()).toBe(0)
})
