import { createRecord, findProject, migrateUp, openWriter, recount } from '@skillwatch/db'
import { parseObservation } from '@skillwatch/schema'
import { NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createObservations } from '../src/parts/observations.ts'
import { createReplay, recordCalls } from '../src/parts/recording.ts'

const TABLES = [
  'skill_invocation',
  'invocation_witness',
  'skill_change',
  'skill_metrics',
  'session',
  'stream',
]

test('a replay leaves the database that recording left', () => {
  using folder = temporaryFolder()
  using recorded = openMigrated(`sqlite:${folder.path}/recorded.db`)
  using replayed = openMigrated(`sqlite:${folder.path}/replayed.db`)
  const capture = recordCalls(recorded)
  const record = createRecord(capture.writer)
  const replay = createReplay(replayed.sqlite)
  const source = createObservations()
  const { project_id: projectId } = findProject(recorded, 'default')!
  for (let group = 0; group < 3; group++) {
    const observations = source.take(100, NOW_MS).map((each) => {
      const result = parseObservation(each, NOW_MS, () => 'unused')
      if ('reason' in result) throw new Error(result.reason)
      return result.observation
    })
    record([{ projectId, observations }], NOW_MS)
    replay(capture.take())
  }
  for (const table of TABLES) {
    const rows = (writer: typeof recorded) =>
      writer.sqlite.prepare(`select * from ${table}`).all() as { epoch?: string }[]
    // Each database draws an epoch of its own.
    const withoutEpoch = (row: { epoch?: string }) => ({ ...row, epoch: undefined })
    expect(rows(replayed).map(withoutEpoch), table).toEqual(rows(recorded).map(withoutEpoch))
  }
  expect(recount(recorded, NOW_MS)).toEqual([])
  expect(recount(replayed, NOW_MS)).toEqual([])
})

function openMigrated(databaseUrl: string) {
  const writer = openWriter(databaseUrl)
  migrateUp(writer, NOW_MS)
  return writer
}
