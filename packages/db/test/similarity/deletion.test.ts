import {
  aCluster,
  anAffinity,
  anAffinityReport,
  anObservation,
  aSimilarity,
  aSimilarityReport,
  fixedClock,
} from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createRecorder, type DeletionSelector, skillsOfUser, type Writer } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { parsedReport, storedOf } from './stored.ts'

const CALLS = [
  { skill_name: 'plan', session_id: 'only', user_id: 'ada' },
  { skill_name: 'plan', session_id: 'only' },
  { skill_name: 'deploy', session_id: 'only', user_id: 'ada' },
  { skill_name: 'deploy', session_id: 'shared', user_id: 'bob' },
  { skill_name: 'review', session_id: 'shared', user_id: 'bob' },
].map((call, index) =>
  parsed(anObservation({ ...call, invocation_id: `${index}`, invoked_at: NOW_MS - (9 - index) * 1_000 })),
)
const similar = (skill_name: string, similar_name: string) => aSimilarity({ skill_name, similar_name })
const also = (skill_name: string, also_name: string) => anAffinity({ skill_name, also_name })
const REPORTS = [
  aSimilarityReport({
    similarities: [similar('plan', 'deploy'), similar('deploy', 'plan'), similar('deploy', 'review')],
    ...aCluster(1, 'plan', 'deploy', 'review'),
  }),
  anAffinityReport([also('plan', 'deploy'), also('deploy', 'plan'), also('deploy', 'review')]),
]
const WITHOUT_PLAN = ['deploy~review', 'deploy>review']
const ALL = [
  ...['plan~deploy', 'deploy~plan', 'deploy~review', 'plan>deploy', 'deploy>plan', 'deploy>review'],
  'plan, deploy, review',
]

async function openReported(writer: Writer) {
  const options = { queueItemsMax: 100, groupRowsMax: 2, turnDelayMs: 86_400_000, now: fixedClock }
  const recorder = createRecorder(writer, options)
  await recorder.record(PROJECT, CALLS)
  for (const report of REPORTS) await recorder.recordFindings(PROJECT, parsedReport(report))
  return recorder
}

test.each<[DeletionSelector, string[]]>([
  [{ session_id: 'only' }, WITHOUT_PLAN],
  [{ user_id: 'ada' }, WITHOUT_PLAN],
  [{ before_ms: NOW_MS - 7_500 }, WITHOUT_PLAN],
  [{ before_ms: NOW_MS - 8_500 }, ALL],
  [{ skill_name: 'plan' }, WITHOUT_PLAN],
  [{ skill_name: 'plan', kind: 'command' }, ALL],
  [{ everything: true }, []],
])('deleting %j deletes what names a skill that has no calls left', async (selector, left) => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openReported(writer)
  await recorder.delete(PROJECT, selector)
  expect(storedOf(writer, 'plan', 'deploy', 'review').sort()).toEqual(left.toSorted())
  if (left.length < ALL.length) {
    const members = writer.sqlite.prepare('select * from skill_cluster_membership').all()
    expect(members).toEqual([])
  }
})

test('the deletion of a project leaves no row in any of the tables', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openReported(writer)
  await recorder.delete(PROJECT, { everything: true })
  const tables = [
    'skill_similarity_run',
    'skill_affinity_run',
    'skill_user_interactions',
    'skill_phase_metrics',
  ]
  for (const table of tables)
    expect(writer.sqlite.prepare(`select * from ${table}`).all(), table).toEqual([])
})

test('the deletion of a person deletes what is known of what the person uses, and of no other', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openReported(writer)
  expect(skillsOfUser(writer, PROJECT, 'ada')).toHaveLength(2)
  await recorder.delete(PROJECT, { user_id: 'ada' })
  expect(skillsOfUser(writer, PROJECT, 'ada')).toEqual([])
  expect(skillsOfUser(writer, PROJECT, 'bob')).toHaveLength(2)
})
