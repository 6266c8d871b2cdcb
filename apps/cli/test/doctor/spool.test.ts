import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { databaseSpoolFolder } from '@skillwatch/client/spool'
import { openWriter } from '@skillwatch/db'
import { NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { checkSpools } from '../../src/doctor/spool.ts'

const HOUR_MS = 3_600_000

/** A file of a spool that was written some time ago. */
function given(path: string, text = '{}\n', ageMs = HOUR_MS): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  const changedAt = new Date(NOW_MS - ageMs)
  utimesSync(path, changedAt, changedAt)
}

function makeDatabase(path: string): string {
  openWriter(`sqlite:${path}`).close()
  return path
}

/** The findings for a database, without those that are fine. */
async function findings(databasePath: string, folder = databaseSpoolFolder(databasePath)) {
  const checks = await checkSpools({ databasePath, folder }, NOW_MS)
  return checks.filter(({ state }) => state !== 'ok')
}

test('an empty, missing or just written spool is fine', async () => {
  using folder = temporaryFolder()
  const database = join(folder.path, 'a.db')
  const spool = databaseSpoolFolder(database)
  const fine = [{ name: 'spool', state: 'ok', text: `nothing waits in ${spool}` }]
  expect(await checkSpools({ databasePath: database, folder: spool }, NOW_MS)).toEqual(fine)
  given(join(spool, 'hooks.journal'), '')
  given(join(spool, 'ingest.lock'), '')
  given(join(spool, 'shared.ndjson'), '{}\n', 5_000)
  expect(await checkSpools({ databasePath: database, folder: spool }, NOW_MS)).toEqual(fine)
})

test.each(['shared.ndjson', '00001700000000-0123456789ab.ndjson', 'hooks.journal'])(
  'an old %s waits for ingest, which is to be started',
  async (name) => {
    using folder = temporaryFolder()
    const database = makeDatabase(join(folder.path, 'a.db'))
    given(join(databaseSpoolFolder(database), name))
    expect(await findings(database)).toEqual([
      {
        name: 'spool',
        state: 'note',
        text: `3 B wait in ${folder.path}/a.db-spool, last written 1 hour ago`,
        fix: expect.stringMatching(/^start ingest with `npm start`\. An ingest in a container reads only/),
      },
    ])
  },
)

test('lines that were set aside are counted, with what to do about each file', async () => {
  using folder = temporaryFolder()
  const database = makeDatabase(join(folder.path, 'a.db'))
  const spool = databaseSpoolFolder(database)
  given(join(spool, 'spool.rejected'), '\n{}\n{}\n')
  given(join(spool, 'hooks.journal.unreadable'), '\nhalf\n')
  expect(await findings(database)).toMatchObject(
    [
      { text: `1 line in ${spool}/hooks.journal.unreadable could not be stored`, fix: /^look at them/ },
      { text: `2 lines in ${spool}/spool.rejected could not be stored`, fix: /skillwatch import ndjson/ },
    ].map(({ text, fix }) => ({ text, fix: expect.stringMatching(fix) })),
  )
})

test('the spool of a database that does not exist is named, that of another one is not', async () => {
  using folder = temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  const database = makeDatabase(at('a.db'))
  makeDatabase(at('b.db'))
  for (const name of ['b.db-spool', 'gone.db-spool']) given(join(at(name), 'shared.ndjson'))
  expect(await findings(database)).toMatchObject([
    {
      text: `3 B wait in ${at('gone.db-spool')}, last written 1 hour ago, and there is no ${at('gone.db')}`,
      fix: `to store it, move its .ndjson files to ${at('a.db-spool')}`,
    },
  ])
})

test('what an earlier version left is reported for its database, or when it may be of several', async () => {
  using folder = temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  const first = makeDatabase(at('a.db'))
  given(join(at('spool'), 'shared.ndjson'))
  expect(await findings(first)).toMatchObject([
    { text: expect.stringMatching(/earlier versions used$/), fix: expect.stringContaining('npm start') },
  ])
  makeDatabase(at('b.db'))
  expect(await findings(first)).toMatchObject([
    {
      text: expect.stringMatching(/for any database beside it$/),
      fix: expect.stringContaining('<database>'),
    },
  ])
  const former = makeDatabase(at('skillwatch.db'))
  expect(await findings(first)).toEqual([])
  expect(await findings(former)).toHaveLength(1)
})

test('a chosen spool of another database is broken, and a spool that it replaces is named', async () => {
  using folder = temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  const [own, other] = [makeDatabase(at('a.db')), makeDatabase(at('b.db'))]
  given(join(at('chosen'), 'database.txt'), `${other}\n`)
  given(join(at('a.db-spool'), 'shared.ndjson'))
  expect(await findings(own, at('chosen'))).toMatchObject([
    { state: 'broken', text: `${at('chosen')} belongs to the database ${other}, so ingest does not start` },
    { state: 'note', text: expect.stringContaining('INGEST_SPOOL_FOLDER names another folder') },
  ])
  expect(await findings(other, at('chosen'))).toEqual([])
})
