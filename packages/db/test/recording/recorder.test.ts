import { readdirSync, readFileSync } from 'node:fs'
import { anObservation, fixedClock, steppableClock, temporaryFolder, until } from '@skillwatch/testkit'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import {
  createRecorder,
  findDeletion,
  openReader,
  pendingDeletions,
  QueueFullError,
  readChanges,
  recount,
  StorageUnavailableError,
  startRecorder,
} from '../../src/index.ts'
import { MIGRATIONS } from '../../src/migrations/index.ts'
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

test('while another process holds the lock, requests fail whole, and succeed again afterwards', async () => {
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

test('an item that cannot be stored is refused alone, and the others of its request are stored', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 100, now: fixedClock })
  const [one, two, three] = some(3)
  const broken = { ...two!, fields: { ...two!.fields, rating: 9 } }
  expect(await recorder.record(PROJECT, [one!, broken, three!])).toEqual(['accepted', 'refused', 'accepted'])
  await expect(recorder.record(PROJECT, [broken])).rejects.toThrow(/CHECK constraint failed/)
  expect(readChanges(database.writer, PROJECT, 0, 10)).toHaveLength(2)
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('many deletions are made final by one rewrite of the file, at a quiet moment', async () => {
  using database = openTestDatabase()
  const clock = steppableClock()
  await using recorder = createRecorder(database.writer, {
    queueItemsMax: 100,
    rewriteQuietMs: 20,
    now: clock.now,
  })
  await recorder.record(PROJECT, some(3))
  const receipts = [
    await recorder.delete(PROJECT, { session_id: 'session-1' }),
    await recorder.delete(PROJECT, { skill_name: 'pdf-fill' }),
  ]
  expect(receipts.map(({ status }) => status)).toEqual(['pending', 'pending'])
  await until(() => pendingDeletions(database.writer).length === 0)
  const final = receipts.map(({ receipt_id }) => findDeletion(database.writer, PROJECT, receipt_id))
  expect(final).toMatchObject([{ status: 'final' }, { status: 'final' }])
  expect(findDeletion(database.writer, 2, receipts[0]!.receipt_id)).toBeUndefined()
})

test('a deletion that is pending when the recorder stops becomes final after the next start', async () => {
  using database = openTestDatabase()
  const options = { queueItemsMax: 100, now: fixedClock }
  const before = createRecorder(database.writer, options)
  await before.record(PROJECT, some(3))
  const { receipt_id } = await before.delete(PROJECT, { skill_name: 'pdf-fill' })
  await before.close()
  expect(findDeletion(database.writer, PROJECT, receipt_id)?.status).toBe('pending')
  await using after = createRecorder(database.writer, { ...options, rewriteQuietMs: 0 })
  await after.resumeWork()
  await until(() => findDeletion(database.writer, PROJECT, receipt_id)?.status === 'final')
})

test("the writer's thread commits what is read here, and its errors keep their kind", async () => {
  using folder = temporaryFolder()
  const url = `sqlite:${folder.path}/thread.db`
  const { recorder, migrated } = await startRecorder(url, { queueItemsMax: 100, now: fixedClock })
  expect(migrated.map(({ version }) => version)).toEqual(MIGRATIONS.map(({ version }) => version))
  await expect(startRecorder(url, { queueItemsMax: 1, now: fixedClock })).rejects.toMatchObject({
    kind: 'in-use',
  })
  {
    await using _recorder = recorder
    using reader = openReader(url)
    expect(await recorder.record(PROJECT, some(3))).toEqual(Array(3).fill('accepted'))
    expect(readChanges(reader, PROJECT, 0, 10)).toHaveLength(3)
    const key = await recorder.createApiKey({ name: 'k', scopes: ['read'] })
    expect(await recorder.revokeApiKey(key.api_key_id)).toMatchObject({ revoked_at: expect.any(String) })
    expect(await recorder.revokeApiKey('none')).toBeUndefined()
    await expect(recorder.record(999, some(1))).rejects.toThrow('there is no project 999')
  }
  const again = await startRecorder(url, { queueItemsMax: 100, now: fixedClock })
  expect(again.migrated).toEqual([])
  await again.recorder.close()
})

/** How nice each thread of this process is: field 19 of proc(5), after the name, which may hold spaces. */
function nicenessOfThreads(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })
}

test.runIf(process.platform === 'linux')('only the thread that writes gives way to others', async () => {
  using folder = temporaryFolder()
  const before = nicenessOfThreads().filter((niceness) => niceness > 0)
  const url = `sqlite:${folder.path}/nice.db`
  const { recorder } = await startRecorder(url, { queueItemsMax: 100, now: fixedClock })
  await using _recorder = recorder
  expect(nicenessOfThreads().filter((niceness) => niceness > 0)).toEqual([...before, 5])
})
