import { expect, test } from 'vitest'
import {
  createApiKey,
  findApiKey,
  findProject,
  hasApiKeys,
  hashApiKey,
  listApiKeys,
  revokeApiKey,
} from '../src/index.ts'
import { NOW_MS, openTestDatabase } from './database.ts'

test('a key is shown once and its secret is nowhere in the database', () => {
  using database = openTestDatabase()
  const { api_key, api_key_id } = createApiKey(
    database.writer,
    { name: 'laptop', scopes: ['ingest', 'read'] },
    NOW_MS,
  )
  expect(api_key).toMatch(/^sw_[0-9a-f]{12}_[\w-]{32}$/)
  expect(findApiKey(database.writer, api_key_id)?.secret_hash).toEqual(hashApiKey(api_key))
  expect(database.writer.sqlite.serialize().includes(api_key.slice(-32))).toBe(false)
  expect(listApiKeys(database.writer)).toMatchObject([
    { name: 'laptop', project: 'default', scopes: ['ingest', 'read'] },
  ])
})

test('a key for a new project makes the project with a change log of its own', () => {
  using database = openTestDatabase()
  createApiKey(database.writer, { name: 'ci', scopes: ['ingest'], project: 'team-a' }, NOW_MS)
  const project = findProject(database.writer, 'team-a')
  const epochs = database.writer.sqlite.prepare('select count(distinct epoch) from stream').pluck().get()
  expect([project?.project_id, epochs]).toEqual([2, 2])
})

test('revoking the last key leaves none, and a second time changes nothing', () => {
  using database = openTestDatabase()
  const { api_key_id } = createApiKey(database.writer, { name: 'laptop', scopes: ['admin'] }, NOW_MS)
  expect(hasApiKeys(database.writer)).toBe(true)
  const revoked = revokeApiKey(database.writer, api_key_id, NOW_MS)
  expect(revokeApiKey(database.writer, api_key_id, NOW_MS + 1_000)).toEqual(revoked)
  expect(hasApiKeys(database.writer)).toBe(false)
  expect(revokeApiKey(database.writer, 'unknown', NOW_MS)).toBeUndefined()
})
