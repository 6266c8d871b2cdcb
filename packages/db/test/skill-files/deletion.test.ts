import { anObservation, aSkillFile, fixedClock } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createRecorder, type DeletionSelector, listCategories, listClassified } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'
import { parsedScan, storedFiles } from './stored.ts'

async function openWithSkills() {
  const database = openTestDatabase()
  const options = { queueItemsMax: 100, turnDelayMs: 86_400_000, now: fixedClock }
  const recorder = createRecorder(database.writer, options)
  const call = (skill_name: string) =>
    parsed(
      anObservation({
        skill_name,
        session_id: 's',
        user_id: 'ada',
        invocation_id: skill_name,
        invoked_at: NOW_MS,
      }),
    )
  await recorder.record(PROJECT, [call('deploy'), call('called-only')])
  const files = ['deploy', 'plan'].map((skill_name) => aSkillFile({ skill_name }))
  await recorder.recordScan(PROJECT, parsedScan(files))
  for (const skill_name of ['deploy', 'called-only'])
    await recorder.changeTaxonomy(PROJECT, { assign: { kind: 'skill', skill_name }, to: 'Testing' })
  return {
    ...database,
    recorder,
    [Symbol.asyncDispose]: async () => {
      await recorder.close()
      database[Symbol.dispose]()
    },
  }
}

const TABLES = ['skill_file', 'skill_file_version', 'skill_scan', 'skill_category_mapping'] as const

test.each<[DeletionSelector, string[], string[]]>([
  [{ skill_name: 'deploy' }, ['plan'], ['called-only']],
  [{ skill_name: 'deploy', kind: 'agent' }, ['deploy', 'plan'], ['called-only', 'deploy']],
  [{ session_id: 's' }, ['deploy', 'plan'], ['deploy']],
  [{ user_id: 'ada' }, ['deploy', 'plan'], ['deploy']],
  [{ everything: true }, [], []],
])('deleting %j leaves the files %j and the choices for %j', async (selector, files, chosen) => {
  await using database = await openWithSkills()
  const { writer, recorder } = database
  await recorder.delete(PROJECT, selector)
  expect(storedFiles(writer).map(({ skill_name }) => skill_name)).toEqual(files)
  const names = writer.sqlite
    .prepare(`select skill_name from skill_category_mapping where assigned_by = 'person' order by 1`)
    .pluck()
    .all()
  expect(names).toEqual(chosen)
  expect(writer.sqlite.prepare('select count(*) from skill_file_version').pluck().get()).toBe(files.length)
})

test('a deleted project has no files and scans, and begins with the seed again', async () => {
  await using database = await openWithSkills()
  const { writer, recorder } = database
  await recorder.changeTaxonomy(PROJECT, { put: 'secret plans', category: {} })
  await recorder.delete(PROJECT, { everything: true })
  for (const table of TABLES)
    expect(writer.sqlite.prepare(`select count(*) from ${table}`).pluck().get(), table).toBe(0)
  expect(listCategories(writer, PROJECT)).toHaveLength(6)
  expect(listClassified(writer, PROJECT, { limit: 10 }).items).toEqual([])
})
