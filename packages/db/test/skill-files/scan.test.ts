import { formatInstant } from '@skillwatch/schema'
import { aSkillFile } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { contentChanges, lastScannedAt, listSkillFiles } from '../../src/index.ts'
import { NOW_MS, openTestDatabase, PROJECT } from '../database.ts'
import { createSave, storedFiles } from './stored.ts'

const NOTHING = { inserted: 0, updated: 0, removed: 0, unchanged: 0, outdated: 0, dropped: 0 }
const DAY_MS = 86_400_000
const at = (days: number) => ({ scanned_at: NOW_MS - days * DAY_MS })
const instant = (days: number) => formatInstant(NOW_MS - days * DAY_MS)
const hash = (digit: string) => digit.repeat(64)

test('a scan stores what it found, and the same scan again changes nothing', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer)
  const files = [
    aSkillFile({ changed_at: NOW_MS - 9 * DAY_MS, installed_at: NOW_MS - 20 * DAY_MS }),
    aSkillFile({ skill_name: 'web:deploy', source: 'plugin', plugin: 'web' }),
    aSkillFile({ kind: 'agent', source: 'project', repository: 'site' }),
  ]
  expect(save(files, at(2))).toEqual({ ...NOTHING, inserted: 3 })
  const stored = storedFiles(database.writer)
  expect(stored.map(({ kind, source, origin }) => [kind, source, origin])).toEqual([
    ['agent', 'project', 'site'],
    ['skill', 'user', null],
    ['skill', 'plugin', 'web'],
  ])
  expect(stored[1]).toMatchObject({
    ...{ description: 'Fills the forms of PDF files.', description_tokens: 10, versions: 1 },
    ...{ content_hash: hash('a'), changed_at: instant(9), installed_at: instant(20) },
    ...{ first_seen_at: instant(2), last_seen_at: instant(2), removed_at: null },
  })
  expect(save(files, at(2))).toEqual({ ...NOTHING, unchanged: 3 })
  expect(storedFiles(database.writer)).toEqual(stored)
  expect(lastScannedAt(database.writer, PROJECT)).toBe(NOW_MS - 2 * DAY_MS)
})

test('another content is a version, changed between the two scans as its file system says', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer)
  save([aSkillFile()], at(9))
  const b = { content_hash: hash('b'), changed_at: NOW_MS - 5 * DAY_MS }
  expect(save([aSkillFile(b)], at(4))).toEqual({ ...NOTHING, updated: 1 })
  // A file system may say that a file is older than the last scan that found it otherwise.
  save([aSkillFile({ content_hash: hash('c'), changed_at: NOW_MS - 50 * DAY_MS })], at(1))
  const change = { kind: 'skill', skill_name: 'pdf-fill' }
  expect(contentChanges(database.writer, PROJECT)).toEqual([
    { ...change, from_hash: hash('a'), to_hash: hash('b'), changed_at_ms: NOW_MS - 5 * DAY_MS },
    { ...change, from_hash: hash('b'), to_hash: hash('c'), changed_at_ms: NOW_MS - 4 * DAY_MS },
  ])
})

test('of a file at most 20 versions are kept, the newest', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer)
  for (let day = 30; day >= 0; day -= 1)
    save([aSkillFile({ content_hash: hash(day % 2 === 0 ? 'a' : 'b') })], at(day))
  expect(storedFiles(database.writer)[0]).toMatchObject({ versions: 20 })
  expect(contentChanges(database.writer, PROJECT).at(-1)).toMatchObject({ to_hash: hash('a') })
})

test('what a scan does not find any more is removed, and back when it is found again', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer)
  save([aSkillFile(), aSkillFile({ skill_name: 'plan' })], at(3))
  expect(save([aSkillFile()], at(2))).toEqual({ ...NOTHING, removed: 1, unchanged: 1 })
  expect(storedFiles(database.writer).map(({ removed_at }) => removed_at)).toEqual([null, instant(2)])
  expect(save([aSkillFile(), aSkillFile({ skill_name: 'plan' })], at(1))).toMatchObject({ updated: 1 })
  expect(storedFiles(database.writer)[1]).toMatchObject({ removed_at: null, first_seen_at: instant(3) })
})

test('a scan removes nothing of other scopes and other machines', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer)
  save([aSkillFile(), aSkillFile({ source: 'project', repository: 'site' })], at(3))
  save([aSkillFile()], { ...at(3), machine: 'desktop' })
  expect(save([], { ...at(2), scopes: [{ source: 'project', repository: 'other' }] })).toEqual(NOTHING)
  expect(save([], { ...at(2), scopes: [{ source: 'user' }] })).toMatchObject({ removed: 1 })
  expect(storedFiles(database.writer).filter(({ removed_at }) => removed_at === null)).toHaveLength(2)
})

test('of a scope that could not be read completely nothing is removed', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer)
  save([aSkillFile(), aSkillFile({ skill_name: 'plan' })], at(2))
  const scopes = [{ source: 'user' as const, complete: false }]
  expect(save([aSkillFile()], { ...at(1), scopes })).toEqual({ ...NOTHING, unchanged: 1 })
})

test('a scan that arrives after a newer one of its scope is ignored', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer)
  save([aSkillFile({ content_hash: hash('b') })], at(1))
  const before = storedFiles(database.writer)
  const late = [aSkillFile(), aSkillFile({ source: 'project', repository: 'site' })]
  expect(save(late, at(2))).toEqual({ ...NOTHING, outdated: 1, inserted: 1 })
  expect(storedFiles(database.writer)).toContainEqual(before[0])
})

test('a full project drops removed files first, and then does not take new ones', () => {
  using database = openTestDatabase()
  const save = createSave(database.writer, 2)
  const named = (...names: string[]) => names.map((skill_name) => aSkillFile({ skill_name }))
  save(named('a', 'b'), at(3))
  save(named('a'), at(2))
  expect(save(named('a', 'c', 'd'), at(1))).toMatchObject({ inserted: 1, dropped: 1 })
  expect(storedFiles(database.writer).map(({ skill_name }) => skill_name)).toEqual(['a', 'c'])
})

test('secrets in names and descriptions are removed, and the machine is a hash', () => {
  using database = openTestDatabase()
  const secret = `ghp_${'A'.repeat(36)}`
  createSave(database.writer)([
    aSkillFile({
      skill_name: `deploy ${secret}`,
      description: `Uses token=${secret} and password=hunter22.`,
    }),
  ])
  const [stored] = storedFiles(database.writer)
  expect(stored).toMatchObject({ skill_name: 'deploy [redacted]' })
  expect(JSON.stringify(stored)).not.toMatch(/ghp_|hunter22|laptop/)
})

test('pages of files follow each other by their cursor', () => {
  using database = openTestDatabase()
  createSave(database.writer)(['a', 'b', 'c'].map((skill_name) => aSkillFile({ skill_name })))
  const page = (cursor?: string) =>
    listSkillFiles(database.writer, PROJECT, { limit: 2, ...(cursor !== undefined && { cursor }) })
  const first = page()
  expect(first.items).toHaveLength(2)
  expect(page(first.next_cursor!)).toMatchObject({ items: [{ skill_name: 'c' }], next_cursor: null })
  expect(listSkillFiles(database.writer, PROJECT, { skill_name: 'b', limit: 2 }).items).toHaveLength(1)
})
