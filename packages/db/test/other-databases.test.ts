import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram, temporaryFolder } from '@skillwatch/testkit'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { lockFile, migrateUp, openWriter } from '../src/index.ts'
import { otherDatabases } from '../src/sqlite/other-databases.ts'
import { NOW_MS } from './database.ts'

const INDEX = new URL('../src/index.ts', import.meta.url).href

/** Runs a function of this package in a process of its own. @returns its result as JSON, or its error */
async function runElsewhere(expression: string): Promise<string> {
  const script = `
    const db = await import(${JSON.stringify(INDEX)})
    try { console.log(JSON.stringify(${expression}) ?? 'undefined') }
    catch (error) { console.log(error.kind ?? error.message) }`
  const { stdout, stderr } = await runProgram({
    command: process.execPath,
    args: ['--input-type=module', '-e', script],
  })
  return stdout.trim() || stderr
}

function makeDatabase(path: string): string {
  using writer = openWriter(`sqlite:${path}`)
  migrateUp(writer, NOW_MS)
  return path
}

test('the other databases of a folder are found by their content, whatever their names', () => {
  using folder = temporaryFolder()
  const at = (name: string) => join(folder.path, name)
  const own = makeDatabase(at('own.db'))
  makeDatabase(at('second'))
  makeDatabase(at('a.db'))
  new BetterSqlite3(at('customers.db')).exec('create table customer (name text)').close()
  writeFileSync(at('letter.db'), 'Dear Sir or Madam')
  writeFileSync(at('empty.db'), '')
  linkSync(own, at('own-under-another-name.db'))
  mkdirSync(at('folder.db'))
  expect(otherDatabases(own)).toEqual([at('a.db'), at('second')])
})

test('looking for other databases does not release the locks of this process', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'own.db')
  using _writer = openWriter(`sqlite:${path}`)
  linkSync(path, join(folder.path, 'linked.db'))
  expect(otherDatabases(path)).toEqual([])
  expect(await runElsewhere(`db.openWriter(${JSON.stringify(`sqlite:${path}`)})`)).toBe('in-use')
})

test('a file is locked until the lock is disposed, for this process and for others', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'lock')
  const elsewhere = () => runElsewhere(`db.lockFile(${JSON.stringify(path)}) !== undefined`)
  {
    using lock = lockFile(path)
    expect(lock).toBeDefined()
    expect(lockFile(path)).toBeUndefined()
    expect(await elsewhere()).toBe('false')
  }
  expect(await elsewhere()).toBe('true')
})

test('a file that cannot be made is reported', () => {
  using folder = temporaryFolder()
  expect(() => lockFile(join(folder.path, 'missing', 'lock'))).toThrow(/directory does not exist/)
})
