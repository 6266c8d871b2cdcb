import { expect, test } from 'vitest'
import { openReader, unreadableReasons } from '../../src/index.ts'
import { openTestDatabase } from '../database.ts'

test('an open database can be read, a closed one cannot, and the reason is given', () => {
  using database = openTestDatabase()
  const reader = openReader(database.url)
  expect(unreadableReasons(reader)).toEqual([])
  reader.close()
  expect(unreadableReasons(reader)).toEqual([expect.stringMatching(/^the database cannot be read: ./)])
})
