import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { manyRows } from '../src/sqlite/many-rows.ts'

test('any number of rows is written whole and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.string()), { maxLength: 300 }), (rows) => {
      const sqlite = new BetterSqlite3(':memory:')
      sqlite.exec('create table written (number integer, text text)')
      manyRows(sqlite, 2, (values) => `insert into written values ${values}`)(rows)
      const written = sqlite.prepare('select number, text from written order by rowid').raw().all()
      expect(written).toEqual(rows)
    }),
  )
})

test('a later row sees what an earlier row of the same run has written', () => {
  const sqlite = new BetterSqlite3(':memory:')
  sqlite.exec('create table sum (key text primary key, value integer)')
  const add = manyRows(
    sqlite,
    2,
    (values) => `insert into sum values ${values}
      on conflict (key) do update set value = value + excluded.value`,
  )
  add(Array.from({ length: 100 }, () => ['a', 1]))
  expect(sqlite.prepare('select value from sum').pluck().get()).toBe(100)
})
