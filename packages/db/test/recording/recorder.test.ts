import { anObservation, fixedClock, until } from '@skillwatch/testkit'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import {
  createRecorder,
  QueueFullError,
  readChanges,
  recount,
  StorageUnavailableError,
} from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'

const some = (count: number, prefix = 'i') =>
  Array.from({ length: count }, (_, i) => parsed(anObservation({ invocation_id: `${prefix}-${i}` })))

test('requests that arrive together are committed together', async () => {
  using database = openTestDatabase()
  const commits: number[] = []
  await using recorder = createRecorder(database.writer, {
    queueItemsMax: 100,
    now: fixedClock,
    onCommit: ({ items }) => commits.push(items),
  })
  await Promise.all([recorder.record(PROJECT, some(3, 'a')), recorder.record(PROJECT, some(4, 'b'))])
  expect(commits).toEqual([7])
})

test('what can wait is committed with what cannot, or when its time is over', async () => {
  using database = openTestDatabase()
  const commits: number[] = []
  await using recorder = createRecorder(database.writer, {
    queueItemsMax: 100,
    now: fixedClock,
    onCommit: ({ items }) => commits.push(items),
  })
  const patient = recorder.record(PROJECT, some(3, 'a'), { waitMsMax: 60_000 })
  await new Promise(setImmediate)
  expect(commits).toEqual([])
  await Promise.all([recorder.record(PROJECT, some(4, 'b')), patient])
  expect(commits).toEqual([7])
  await recorder.record(PROJECT, some(2, 'c'), { waitMsMax: 10 })
  expect(commits).toEqual([7, 2])
})

test('a request larger than a group is committed in parts and answered once, in order', async () => {
  using database = openTestDatabase()
  const commits: number[] = []
  await using recorder = createRecorder(database.writer, {
    queueItemsMax: 100,
    now: fixedClock,
    groupRowsMax: 10,
    onCommit: ({ items }) => commits.push(items),
  })
  const twice = [...some(12), ...some(12)]
  const outcomes = await recorder.record(PROJECT, twice)
  expect(outcomes).toEqual([...Array(12).fill('accepted'), ...Array(12).fill('duplicate')])
  expect(commits).toEqual([10, 10, 4])
  expect(readChanges(database.writer, PROJECT, 0, 100)).toHaveLength(12)
})

test('between two groups everything else gets its turn', async () => {
  using database = openTestDatabase()
  const events: string[] = []
  await using recorder = createRecorder(database.writer, {
    queueItemsMax: 1_000,
    now: fixedClock,
    groupRowsMax: 10,
    onCommit: () => events.push('commit'),
  })
  let done = false
  const turn = () => {
    events.push('turn')
    if (!done) setImmediate(turn)
  }
  const requests = Array.from({ length: 20 }, (_, i) => recorder.record(PROJECT, some(10, `r${i}`)))
  setImmediate(turn)
  await Promise.all(requests)
  done = true
  expect(events.filter((event) => event === 'commit')).toHaveLength(20)
  expect(events.join(' ')).not.toContain('commit commit')
})

test('a full queue refuses a request whole and takes it when there is room', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  const first = recorder.record(PROJECT, some(8, 'a'))
  await expect(recorder.record(PROJECT, some(3, 'b'))).rejects.toBeInstanceOf(QueueFullError)
  await first
  expect(recorder.queuedItems).toBe(0)
  expect(await recorder.record(PROJECT, some(3, 'b'))).toHaveLength(3)
})

test('while another process holds the lock requests fail, nothing is half written, and all works again afterwards', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 100, now: fixedClock })
  const other = new BetterSqlite3(database.writer.path)
  other.exec('begin immediate')
  const failure = await recorder.record(PROJECT, some(5)).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StorageUnavailableError)
  expect(failure).toMatchObject({
    code: 'SQLITE_BUSY',
    message: expect.stringContaining('another process holds its lock'),
  })
  expect(recorder.lastError).toBe(failure)
  expect(recorder.queuedItems).toBe(0)
  other.exec('rollback')
  other.close()
  await until(() => recorder.lastError === undefined)
  expect(await recorder.record(PROJECT, some(5))).toEqual(Array(5).fill('accepted'))
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('a full database refuses, keeps what it has, and works again when there is room', async () => {
  using database = openTestDatabase()
  const { sqlite } = database.writer
  await using recorder = createRecorder(database.writer, { queueItemsMax: 100_000, now: fixedClock })
  await recorder.record(PROJECT, some(10, 'before'))
  sqlite.pragma(`max_page_count = ${sqlite.pragma('page_count', { simple: true })}`)
  await expect(recorder.record(PROJECT, some(2_000, 'big'))).rejects.toMatchObject({ code: 'SQLITE_FULL' })
  expect(recount(database.writer, NOW_MS)).toEqual([])
  sqlite.pragma('max_page_count = 1000000')
  expect(new Set(await recorder.record(PROJECT, some(2_000, 'big')))).toContain('accepted')
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('one request that the database cannot take does not harm the others of its group', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 100, now: fixedClock })
  const [bad, good] = await Promise.allSettled([
    recorder.record(999, some(1, 'bad')),
    recorder.record(PROJECT, some(2, 'good')),
  ])
  expect(bad).toMatchObject({
    status: 'rejected',
    reason: expect.objectContaining({ message: 'there is no project 999' }),
  })
  expect(good).toEqual({ status: 'fulfilled', value: ['accepted', 'accepted'] })
})

test('closing commits what is queued and then takes nothing more', async () => {
  using database = openTestDatabase()
  const recorder = createRecorder(database.writer, {
    queueItemsMax: 100,
    now: fixedClock,
    groupDelayMs: 60_000,
  })
  const waiting = recorder.record(PROJECT, some(3))
  await recorder.close()
  expect(await waiting).toEqual(Array(3).fill('accepted'))
  await expect(recorder.record(PROJECT, some(1))).rejects.toThrow('the recorder is closed')
})
