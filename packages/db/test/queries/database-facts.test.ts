import { closeSync, openSync, writeSync } from 'node:fs'
import { NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  checkIntegrity,
  countInvocations,
  migrateDown,
  migrateUp,
  openReader,
  openWriter,
} from '../../src/index.ts'

test('a database without the table for invocations holds 0 of them', () => {
  using folder = temporaryFolder()
  using writer = openWriter(`sqlite:${folder.path}/test.db`)
  expect(countInvocations(writer)).toBe(0)
  migrateUp(writer, NOW_MS)
  expect(countInvocations(writer)).toBe(0)
  while (migrateDown(writer)) expect(countInvocations(writer)).toBe(0)
})

test.each(['quick', 'full'] as const)('a %s check finds a page that was overwritten', (check) => {
  using folder = temporaryFolder()
  const path = `${folder.path}/test.db`
  {
    using writer = openWriter(`sqlite:${path}`)
    migrateUp(writer, NOW_MS)
    expect(checkIntegrity(writer, check)).toBeUndefined()
    writer.sqlite.pragma('wal_checkpoint(truncate)')
  }
  using reader = openReader(`sqlite:${path}`)
  const pageBytes = Number(reader.sqlite.pragma('page_size', { simple: true }))
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(pageBytes, 0xff), 0, pageBytes, 5 * pageBytes)
  closeSync(file)
  expect(checkIntegrity(reader, check)).toMatch(/.+/)
})
