import { aFinding, anObservation, fixedClock } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  anomalySeries,
  createRecorder,
  type DeletionSelector,
  type Recorder,
  readChanges,
  recount,
  type Writer,
} from '../../src/index.ts'
import { Deletion } from '../../src/sqlite/recording/deletion.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { post, storedFindings } from './stored.ts'

async function openRecorder(writer: Writer): Promise<Recorder> {
  const options = { queueItemsMax: 100, groupRowsMax: 2, turnDelayMs: 86_400_000, now: fixedClock }
  return createRecorder(writer, options)
}

const CALLS = [
  { skill_name: 'plan', session_id: 'only', user_id: 'ada', agent_name: 'codex' },
  { skill_name: 'plan', session_id: 'only', user_id: 'ada', agent_name: 'codex' },
  { skill_name: 'plan', session_id: 'only', user_id: 'ada', agent_name: 'codex' },
  { skill_name: 'deploy', session_id: 'only', user_id: 'ada', agent_name: 'codex' },
  { skill_name: 'deploy', session_id: 'shared', user_id: 'bob', agent_name: 'claude-code' },
].map((call, index) =>
  parsed(anObservation({ ...call, invocation_id: `${index}`, invoked_at: NOW_MS - (9 - index) * 1_000 })),
)
const FINDINGS = [
  aFinding({ finding_id: 'deploy', skill_name: 'deploy' }),
  aFinding({ finding_id: 'plan 1', skill_name: 'plan' }),
  aFinding({ finding_id: 'plan 2', skill_name: 'plan', subtype: 'rise' }),
]
const idsOf = (writer: Writer) => storedFindings(writer).map(({ finding_id }) => finding_id)

test.each<[DeletionSelector, string[]]>([
  [{ session_id: 'only' }, ['deploy']],
  [{ user_id: 'ada' }, ['deploy']],
  [{ agent_name: 'codex' }, ['deploy']],
  [{ before_ms: NOW_MS - 5_500 }, ['deploy']],
  [{ before_ms: NOW_MS - 8_500 }, ['deploy', 'plan 1', 'plan 2']],
  [{ skill_name: 'plan' }, ['deploy']],
  [{ skill_name: 'plan', kind: 'command' }, ['deploy', 'plan 1', 'plan 2']],
  [{ everything: true }, []],
])('deleting %j deletes the findings of skills that have no calls left', async (selector, left) => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openRecorder(writer)
  await recorder.record(PROJECT, CALLS)
  await post(recorder, FINDINGS)
  const receipt = await recorder.delete(PROJECT, selector)
  expect(idsOf(writer)).toEqual(left)
  const deleted = readChanges(writer, PROJECT, 8, 100).flatMap((change) =>
    'finding_id' in change ? change : [],
  )
  expect(deleted.map(({ op, finding_id }) => [op, finding_id]).sort()).toEqual(
    FINDINGS.filter(({ finding_id }) => !left.includes(finding_id)).map((each) => [
      'delete',
      each.finding_id,
    ]),
  )
  for (const { offset } of deleted) expect(offset).toBeLessThanOrEqual(receipt.last_offset!)
  expect(recount(writer, NOW_MS)).toEqual([])
})

test('an old report does not bring back the findings of a deleted skill', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openRecorder(writer)
  await recorder.record(PROJECT, CALLS)
  await post(recorder, FINDINGS)
  await recorder.delete(PROJECT, { skill_name: 'plan' })
  expect(await post(recorder, FINDINGS)).toMatchObject({ inserted: 0, unchanged: 1, skipped: 2 })
  expect(idsOf(writer)).toEqual(['deploy'])
})

test('counters keep what a session or a person had, and a deleted skill takes its series with it', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openRecorder(writer)
  await recorder.record(PROJECT, CALLS)
  await post(recorder, FINDINGS)
  const names = () => anomalySeries(writer, PROJECT).map(({ skill_name }) => skill_name)
  await recorder.delete(PROJECT, { user_id: 'ada' })
  expect(names()).toEqual(['deploy', 'plan', 'plan'])
  await recorder.delete(PROJECT, { skill_name: 'plan', kind: 'command' })
  expect(names()).toEqual(['deploy', 'plan', 'plan'])
  await recorder.delete(PROJECT, { skill_name: 'plan' })
  expect(names()).toEqual(['deploy'])
  await recorder.delete(PROJECT, { everything: true })
  expect(names()).toEqual([])
})

test('findings that name a deleted skill as what followed another are deleted, other names stay', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openRecorder(writer)
  await recorder.record(PROJECT, CALLS)
  const shift = (finding_id: string, follower: string) =>
    aFinding({
      ...{ finding_id, skill_name: 'deploy', metric: 'pattern_shift', subtype: 'pattern_shift' },
      explanation: `${follower} followed deploy in 40% of 20 cases; expected 10% from 90 cases.`,
    })
  await post(recorder, [shift('a', 'plan'), shift('b', 'plan-more'), shift('c', 're:plan'), shift('d', 'x')])
  await recorder.delete(PROJECT, { skill_name: 'plan' })
  expect(idsOf(writer)).toEqual(['b', 'c', 'd'])
  await recorder.delete(PROJECT, { skill_name: '.' })
  expect(idsOf(writer)).toEqual(['b', 'c', 'd'])
})

test('the findings of a whole project are deleted in bounded steps', async () => {
  using database = openTestDatabase()
  const { writer } = database
  await using recorder = await openRecorder(writer)
  await recorder.record(PROJECT, CALLS)
  await post(
    recorder,
    Array.from({ length: 7 }, (_, index) => aFinding({ finding_id: `${index}`, skill_name: 'deploy' })),
  )
  // Nothing but findings is left, as when their calls have another name by now.
  writer.sqlite.exec(`update skill_anomalies set skill_name = 'former'`)
  const deletion = new Deletion(writer, new SqliteRecordingStorage(writer))
  const left: number[] = []
  let isLast = false
  while (!isLast) {
    ;({ isLast } = deletion.step(PROJECT, { everything: true }, 3, NOW_MS))
    left.push(idsOf(writer).length)
  }
  expect(left).toEqual([7, 4, 1, 0])
})
