import type { ParsedObservation } from '@skillwatch/schema'
import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { liveSeries, recount, type Writer } from '../../src/index.ts'
import { record } from '../../src/recording/record.ts'
import { LIVE_PHASES_MAX } from '../../src/sqlite/recording/live-series.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed, recordGroups, rowsOf } from '../database.ts'

const HOUR_MS = 3_600_000

test('attributes of many observations keep the 64 names that sort first, in any order', async () => {
  const all = Array.from({ length: 200 }, (_, i) =>
    parsed(
      anObservation({
        invocation_id: 'a',
        attributes: { [`name-${String((i * 37) % 200).padStart(3, '0')}`]: i },
      }),
    ),
  )
  using one = openTestDatabase()
  using two = openTestDatabase()
  await recordGroups(one.writer, all, 200)
  await recordGroups(two.writer, all.toReversed(), 7)
  const attributes = JSON.parse(rowsOf(one.writer)[0]!.attributes as string) as object
  expect(Object.keys(attributes)).toEqual(
    Array.from({ length: 64 }, (_, i) => `name-${String(i).padStart(3, '0')}`),
  )
  expect(rowsOf(two.writer)).toEqual(rowsOf(one.writer))
})

test('a project has at most a hundred phases in live series; further ones count as _other', async () => {
  using database = openTestDatabase()
  const calls = Array.from({ length: LIVE_PHASES_MAX + 20 }, (_, i) =>
    parsed(anObservation({ invocation_id: `i-${i}`, workflow_phase: `phase-${i}`, invoked_at: NOW_MS })),
  )
  await recordGroups(database.writer, calls, 50)
  const series = liveSeries(database.writer, PROJECT)
  expect(series).toHaveLength(LIVE_PHASES_MAX + 1)
  expect(series.find(({ workflow_phase }) => workflow_phase === '_other')).toMatchObject({
    invocation_count: 20,
  })
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('an outcome that is reported alone counts live by the time of its receipt', async () => {
  using database = openTestDatabase()
  const start = { invocation_id: 'a', skill_name: 'deploy', session_id: 's', witness: 'hook' } as const
  await recordGroups(database.writer, [parsed({ ...start, invoked_at: NOW_MS, outcome: 'running' })])
  const later = NOW_MS + HOUR_MS
  await recordGroups(database.writer, [parsed({ ...start, outcome: 'completed' })], 1, later)
  expect(liveSeries(database.writer, PROJECT)).toMatchObject([{ outcome: 'completed', invocation_count: 1 }])
  const old = { ...start, invocation_id: 'b' }
  await recordGroups(database.writer, [parsed({ ...old, invoked_at: NOW_MS - HOUR_MS, outcome: 'running' })])
  await recordGroups(database.writer, [parsed({ ...old, outcome: 'completed' })])
  // A start that was received long after it happened is history, and so is its result.
  expect(liveSeries(database.writer, PROJECT)).toMatchObject([{ invocation_count: 1 }])
})

test('an update writes the columns that change, and so the indexes over these only', async () => {
  using database = openTestDatabase()
  const start = anObservation({ invocation_id: 'a', outcome: 'running', execution_ms: undefined })
  await recordGroups(database.writer, [parsed(JSON.parse(JSON.stringify(start)))])
  const updates = await statementsOf(database.writer, [
    parsed(JSON.parse(JSON.stringify({ ...start, outcome: 'completed' }))),
  ])
  expect(updates.filter((sql) => sql.startsWith('update skill_invocation'))).toEqual([
    'update skill_invocation set "outcome" = ?, "live_series_id" = ? where row_id = ?',
  ])
})

test('a call with one witness has a record beside its row only when the row says less', async () => {
  using database = openTestDatabase()
  const call = parsed(
    anObservation({ invocation_id: 'a', witness: 'hook', attributes: { a: 1 }, rating: 3 }),
  )
  const count = () => database.writer.sqlite.prepare('select count(*) from invocation_witness').pluck().get()
  await recordGroups(database.writer, [call, call], 1)
  expect(count()).toBe(0)
  await recordGroups(database.writer, [{ ...call, witness: 'transcript' }])
  expect(count()).toBe(2)
  expect(rowsOf(database.writer)).toMatchObject([{ witnesses: 'hook,transcript', rating: 3 }])
})

test('an observation that came before its call leaves one change for each row that it touches', async () => {
  using database = openTestDatabase()
  const shared = {
    session_id: 's',
    prompt_id: 'p',
    skill_name: 'x',
    kind: 'skill',
    invoked_at: NOW_MS,
  } as const
  const activated = {
    ...parsed({ ...shared, invocation_id: 'o', witness: 'otel_log' }),
    uncorrelated: true as const,
  }
  await recordGroups(database.writer, [activated])
  await recordGroups(database.writer, [parsed({ ...shared, invocation_id: 'call', witness: 'hook' })])
  const log = database.writer.sqlite.prepare('select op from skill_change order by "offset"').pluck().all()
  expect(log).toEqual(['insert', 'insert', 'delete'])
})

/** The SQL that recording these observations prepares. */
async function statementsOf(writer: Writer, observations: ParsedObservation[]): Promise<string[]> {
  const { sqlite } = writer
  const storage = new SqliteRecordingStorage(writer)
  const prepare = sqlite.prepare.bind(sqlite)
  const statements: string[] = []
  sqlite.prepare = ((sql: string) => {
    statements.push(sql)
    return prepare(sql)
  }) as typeof sqlite.prepare
  await record(storage, [{ projectId: PROJECT, observations }], NOW_MS)
  return statements
}
