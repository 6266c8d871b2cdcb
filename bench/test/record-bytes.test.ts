import { temporaryFolder } from '@skillwatch/testkit'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { recordBytes } from '../src/parts/record-bytes.ts'

test('a record has a header of one byte and a type per value, and values by their size', () => {
  expect(recordBytes([null, 0, 1])).toBe(4)
  expect(recordBytes([2, 200, 70_000, 1.5, 1_795_348_800_000])).toBe(6 + 1 + 2 + 3 + 8 + 6)
  expect(recordBytes(['a'.repeat(57)])).toBe(2 + 57)
  expect(recordBytes(['a'.repeat(58), 'é'])).toBe(4 + 58 + 2)
})

test('the size of a record is the payload that SQLite stores', () => {
  using folder = temporaryFolder()
  const sqlite = new BetterSqlite3(`${folder.path}/records.db`)
  sqlite.exec('create table record (id integer primary key, a text, b integer, c real, d blob) strict')
  const rows = [
    ['short', 127, 0.5, null],
    [
      'a text of more than fifty-seven characters, so that its type takes two bytes',
      -129,
      2,
      Buffer.alloc(300),
    ],
    [null, 2 ** 40, 1_795_348_800_000, Buffer.alloc(0)],
  ]
  const insert = sqlite.prepare('insert into record (a, b, c, d) values (?, ?, ?, ?)')
  for (const row of rows) insert.run(...row)
  const payload = sqlite
    .prepare(`select payload from dbstat where name = 'record' and pagetype = 'leaf'`)
    .pluck()
    .get()
  sqlite.close()
  expect(rows.reduce((sum, row) => sum + recordBytes([null, ...row]), 0)).toBe(payload)
})
