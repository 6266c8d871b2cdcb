import { aBaseline, anObservation, fixedClock } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createRecorder, type DeletionSelector, getBaselineRun, type Writer } from '../../src/index.ts'
import { Deletion } from '../../src/sqlite/recording/deletion.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { parsedReport, storedBaselines } from './stored.ts'

const CALLS = [
  { skill_name: 'plan', session_id: 'only', user_id: 'ada' },
  { skill_name: 'plan', session_id: 'only', user_id: 'ada' },
  { skill_name: 'deploy', session_id: 'only', user_id: 'ada' },
  { skill_name: 'deploy', session_id: 'shared', user_id: 'bob' },
].map((call, index) =>
  parsed(anObservation({ ...call, invocation_id: `${index}`, invoked_at: NOW_MS - (9 - index) * 1_000 })),
)
const REPORT = parsedReport([aBaseline({ skill_name: 'plan' }), aBaseline({ skill_name: 'deploy' })])

async function openWithBaselines() {
  const database = openTestDatabase()
  const options = { queueItemsMax: 100, groupRowsMax: 2, turnDelayMs: 86_400_000, now: fixedClock }
  const recorder = createRecorder(database.writer, options)
  await recorder.record(PROJECT, CALLS)
  await recorder.recordFindings(PROJECT, REPORT)
  return {
    ...database,
    recorder,
    [Symbol.asyncDispose]: async () => {
      await recorder.close()
      database[Symbol.dispose]()
    },
  }
}

const namesOf = (writer: Writer) => storedBaselines(writer).map(({ skill_name }) => skill_name)

test.each<[DeletionSelector, string[]]>([
  [{ session_id: 'only' }, ['deploy']],
  [{ user_id: 'ada' }, ['deploy']],
  [{ before_ms: NOW_MS - 7_500 }, ['deploy']],
  [{ before_ms: NOW_MS - 8_500 }, ['deploy', 'plan']],
  [{ skill_name: 'plan' }, ['deploy']],
  [{ skill_name: 'plan', kind: 'command' }, ['deploy', 'plan']],
  [{ everything: true }, []],
])('deleting %j deletes the baselines of skills that have no calls left', async (selector, left) => {
  await using database = await openWithBaselines()
  await database.recorder.delete(PROJECT, selector)
  expect(namesOf(database.writer)).toEqual(left)
})

test('the baseline of a skill is deleted in the transaction that deletes its last call', async () => {
  await using database = await openWithBaselines()
  const { writer } = database
  const deletion = new Deletion(writer, new SqliteRecordingStorage(writer))
  const step = () => deletion.step(PROJECT, { skill_name: 'plan' }, 1, NOW_MS)
  step()
  expect(namesOf(writer)).toEqual(['deploy', 'plan'])
  step()
  expect(namesOf(writer)).toEqual(['deploy'])
})

test('a baseline without calls, as after a change of the name, is deleted with the skill of that name', async () => {
  await using database = await openWithBaselines()
  const { writer, recorder } = database
  writer.sqlite.exec(`update skill_community_baselines set skill_name = 'former' where skill_name = 'plan'`)
  await recorder.delete(PROJECT, { skill_name: 'former' })
  expect(namesOf(writer)).toEqual(['deploy'])
})

test('an old report does not bring back the baseline of a deleted skill', async () => {
  await using database = await openWithBaselines()
  const { recorder } = database
  await recorder.delete(PROJECT, { skill_name: 'plan' })
  expect(await recorder.recordFindings(PROJECT, REPORT)).toMatchObject({ unchanged: 1, skipped: 1 })
})

test('the deletion of a project deletes the run too', async () => {
  await using database = await openWithBaselines()
  await database.recorder.delete(PROJECT, { everything: true })
  expect(getBaselineRun(database.writer, PROJECT)).toBeUndefined()
})
