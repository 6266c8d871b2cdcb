import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { anObservation, fixedClock, temporaryFolder } from '@skillwatch/testkit'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { createRecorder, migrateUp, openReader, openWriter, waitForReader } from '../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from './database.ts'

test('a reader of a missing database says what makes it', () => {
  using folder = temporaryFolder()
  expect(() => openReader(`sqlite:${folder.path}/none.db`)).toThrow(/start ingest, which makes it/)
})

test('a file that is no database is refused and left as it was', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/letter.db`
  writeFileSync(path, 'Dear Sir or Madam, '.repeat(1000))
  expect(() => openWriter(`sqlite:${path}`)).toThrow(expect.objectContaining({ kind: 'not-ours' }))
  expect(readFileSync(path, 'utf8')).toMatch(/^Dear Sir/)
})

test('a database of another program is refused and left as it was', () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/other.db`
  const other = new BetterSqlite3(path)
  other.exec('create table customer (name text)')
  other.close()
  const before = readFileSync(path)
  expect(() => openWriter(`sqlite:${path}`)).toThrow(expect.objectContaining({ kind: 'not-ours' }))
  expect(() => openReader(`sqlite:${path}`)).toThrow(expect.objectContaining({ kind: 'not-ours' }))
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a damaged database is refused with what to do', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/damaged.db`
  {
    using writer = openWriter(`sqlite:${path}`)
    migrateUp(writer, NOW_MS)
    await using recorder = createRecorder(writer, { queueItemsMax: 10_000, now: fixedClock })
    await recorder.record(
      PROJECT,
      Array.from({ length: 2_000 }, (_, i) => parsed(anObservation({ invocation_id: `i-${i}` }))),
    )
  }
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 40_960, 81_920)
  writeFileSync(path, bytes)
  expect(() => openWriter(`sqlite:${path}`)).toThrow(
    expect.objectContaining({ kind: 'corrupt', hint: expect.stringContaining('restore a backup') }),
  )
})

test('a second writer is refused while the first one lives, readers are not', () => {
  using database = openTestDatabase()
  expect(() => openWriter(database.url)).toThrow(expect.objectContaining({ kind: 'in-use' }))
  using reader = openReader(database.url)
  expect(reader.sqlite.prepare('select count(*) from project').pluck().get()).toBe(1)
  expect(() => reader.sqlite.exec('delete from project')).toThrow(/readonly/)
})

test('the writer lock ends with a process that is killed', async () => {
  using folder = temporaryFolder()
  const url = `sqlite:${folder.path}/killed.db`
  const program = `import { openWriter } from ${JSON.stringify(fileURLToPath(new URL('../src/index.ts', import.meta.url)))}
    openWriter(${JSON.stringify(url)}); console.log('open'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => openWriter(url)).toThrow(expect.objectContaining({ kind: 'in-use' }))
  child.kill('SIGKILL')
  await once(child, 'exit')
  openWriter(url).close()
})

test('a reader that waits begins as soon as the database is made', async () => {
  using folder = temporaryFolder()
  const url = `sqlite:${folder.path}/later.db`
  const reasons: string[] = []
  const waiting = waitForReader(url, {
    signal: AbortSignal.timeout(10_000),
    onWait: (error) => reasons.push(error.kind),
  })
  using writer = openWriter(url)
  migrateUp(writer, NOW_MS)
  using reader = await waiting
  expect(reader.sqlite.prepare('select name from project').pluck().all()).toEqual(['default'])
  expect(reasons).toContain('missing')
})

test('another scheme is refused by name', () => {
  expect(() => openReader('mysql://localhost/x')).toThrow(/begins with mysql:.*expected sqlite:/)
})

test('damage is found after an unclean stop, and after a clean one the file is not read whole', async () => {
  using folder = temporaryFolder()
  const path = `${folder.path}/checked.db`
  const writer = openWriter(`sqlite:${path}`)
  migrateUp(writer, NOW_MS)
  writer.sqlite.exec('create table filler (t text) strict')
  const insert = writer.sqlite.prepare('insert into filler values (?)')
  for (let i = 0; i < 200; i++) insert.run('x'.repeat(2_000))
  writer.close()
  const file = readFileSync(path)
  file.fill(0xff, file.length - 2 * 4_096, file.length - 4_096)
  writeFileSync(path, file)
  openWriter(`sqlite:${path}`).close()
  rmSync(`${path}-writer`)
  expect(() => openWriter(`sqlite:${path}`)).toThrow(expect.objectContaining({ kind: 'corrupt' }))
})
