import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { appendToSpool, databaseSpoolFolder } from '@skillwatch/client/spool'
import { migrateUp, openWriter } from '@skillwatch/db'
import { parseObservation } from '@skillwatch/schema'
import { anObservation, fixedClock, NOW_MS, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { FormerSpool } from '../../src/hooks/former-spool.ts'
import { testApp } from '../support.ts'

function makeDatabase(path: string): string {
  using writer = openWriter(`sqlite:${path}`)
  migrateUp(writer, NOW_MS)
  return path
}

function appendLine(folder: string, invocation_id: string): void {
  appendToSpool(folder, JSON.stringify(anObservation({ invocation_id })), { now: fixedClock })
}

function journalLine(invocation_id: string): string {
  const parsed = parseObservation(anObservation({ invocation_id }), NOW_MS, () => 'made')
  return `\n${JSON.stringify({ project_id: 1, ...parsed })}\n`
}

/** What an earlier version left for the databases of a folder: one line of the spool, one of the journal. */
function leaveFormer(folder: string): string {
  const spool = join(folder, 'spool')
  appendLine(spool, 'spooled')
  writeFileSync(join(spool, 'hooks.journal'), journalLine('journaled'))
  return spool
}

function formerOf(databasePath: string): { former: FormerSpool; warnings: string[] } {
  const warnings: string[] = []
  const warn = (_fields: unknown, message = '') => void warnings.push(message)
  return { former: new FormerSpool({ databasePath, logger: { warn } }), warnings }
}

async function storedIds({ rows }: Awaited<ReturnType<typeof testApp>>): Promise<string[]> {
  return (await rows()).map(({ invocation_id }) => invocation_id).sort()
}

test('what an earlier version left is stored, later lines too, and its empty folder is removed', async () => {
  using folder = temporaryFolder()
  const spool = leaveFormer(folder.path)
  const databasePath = join(folder.path, 'custom.db')
  {
    await using app = await testApp({ databasePath })
    await app.app.listen({ host: '127.0.0.1', port: 0 })
    await until(async () => (await storedIds(app)).length === 2)
    appendLine(spool, 'later')
    await until(async () => (await storedIds(app)).length === 3)
    expect(await storedIds(app)).toEqual(['journaled', 'later', 'spooled'])
  }
  expect(existsSync(spool)).toBe(false)
})

test('of two databases, the one with the former default name takes what an earlier version left', async () => {
  using folder = temporaryFolder()
  const spool = leaveFormer(folder.path)
  const others = makeDatabase(join(folder.path, 'other.db'))
  const own = makeDatabase(join(folder.path, 'skillwatch.db'))
  const { former, warnings } = formerOf(others)
  expect([former.folder(), warnings]).toEqual([undefined, []])
  await using app = await testApp({ databasePath: own })
  await app.app.listen({ host: '127.0.0.1', port: 0 })
  await until(async () => (await storedIds(app)).length === 2)
  expect(existsSync(join(spool, 'hooks.journal'))).toBe(false)
})

test('when it may be of several databases, none takes it, and a warning says what to do', () => {
  using folder = temporaryFolder()
  const spool = leaveFormer(folder.path)
  const [first] = ['a.db', 'b.db'].map((name) => makeDatabase(join(folder.path, name)))
  const { former, warnings } = formerOf(first!)
  former.moveJournalTo(join(folder.path, 'elsewhere'))
  expect([former.folder(), former.folder()]).toEqual([undefined, undefined])
  expect(warnings).toEqual([expect.stringContaining('move the files to the folder <database>-spool')])
  expect(readFileSync(join(spool, 'hooks.journal'), 'utf8')).toContain('journaled')
})

test('the spool that another database has chosen is not taken', () => {
  using folder = temporaryFolder()
  const spool = leaveFormer(folder.path)
  const [own, other] = ['skillwatch.db', 'other.db'].map((name) => makeDatabase(join(folder.path, name)))
  writeFileSync(join(spool, 'database.txt'), `${other}\n`)
  expect(formerOf(own!).former.folder()).toBeUndefined()
})

test('the journal of an earlier version is added to one that has lines already', () => {
  using folder = temporaryFolder()
  leaveFormer(folder.path)
  const database = makeDatabase(join(folder.path, 'skillwatch.db'))
  const path = join(databaseSpoolFolder(database), 'hooks.journal')
  mkdirSync(databaseSpoolFolder(database))
  writeFileSync(path, journalLine('own'))
  using former = formerOf(database).former
  former.moveJournalTo(path)
  expect(readFileSync(path, 'utf8')).toBe(journalLine('own') + journalLine('journaled'))
})

test('a journal of an earlier version that cannot be read is reported and does not stop ingest', () => {
  using folder = temporaryFolder()
  const spool = join(folder.path, 'spool')
  mkdirSync(join(spool, 'hooks.journal'), { recursive: true })
  const { former, warnings } = formerOf(makeDatabase(join(folder.path, 'skillwatch.db')))
  using _former = former
  former.moveJournalTo(join(folder.path, 'journal'))
  expect(warnings).toEqual([expect.stringContaining('cannot be moved')])
  expect(former.folder()).toBe(spool)
})
