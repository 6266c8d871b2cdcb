import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseSpoolFolder } from '@skillwatch/client/spool'
import { runProgram, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { claimSpool } from '../../src/hooks/claim-spool.ts'

const MODULE = new URL('../../src/hooks/claim-spool.ts', import.meta.url).href

/** Claims a spool in a process of its own, which then ends. @returns its exit code and errors */
function claimElsewhere(spool: string, database: string) {
  const script = `
    const { claimSpool } = await import(${JSON.stringify(MODULE)})
    try { claimSpool(process.argv[1], process.argv[2]) }
    catch (error) { process.stderr.write(error.message); process.exitCode = 1 }`
  return runProgram({
    command: process.execPath,
    args: ['--input-type=module', '-e', script, spool, database],
  })
}

test('a spool that another process uses is refused, and free when that process has ended', async () => {
  using folder = temporaryFolder()
  const database = join(folder.path, 'a.db')
  const spool = databaseSpoolFolder(database)
  {
    using _claim = claimSpool(spool, database)
    expect(statSync(spool).mode & 0o777).toBe(0o700)
    expect(() => claimSpool(spool, database)).toThrow(
      /^another ingest uses the spool .*a\.db-spool: stop it/,
    )
    expect(await claimElsewhere(spool, database)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('INGEST_SPOOL_FOLDER'),
    })
  }
  expect(await claimElsewhere(spool, database)).toMatchObject({ code: 0, stderr: '' })
})

test('a folder that was chosen belongs to the first database that used it, while that exists', () => {
  using folder = temporaryFolder()
  const [spool, first, second] = ['spool', 'a.db', 'b.db'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(first, '')
  claimSpool(spool, first)[Symbol.dispose]()
  claimSpool(spool, first)[Symbol.dispose]()
  expect(() => claimSpool(spool, second)).toThrow(
    `belongs to the database ${first}: set INGEST_SPOOL_FOLDER`,
  )
  rmSync(first)
  claimSpool(spool, second)[Symbol.dispose]()
})

test('a refused claim does not lock the folder', () => {
  using folder = temporaryFolder()
  const [spool, first, second] = ['spool', 'a.db', 'b.db'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(first, '')
  claimSpool(spool, first)[Symbol.dispose]()
  expect(() => claimSpool(spool, second)).toThrow()
  claimSpool(spool, first)[Symbol.dispose]()
  expect(existsSync(spool)).toBe(true)
})
