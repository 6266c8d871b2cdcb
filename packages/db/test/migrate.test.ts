import { aFinding, anObservation, temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import {
  DatabaseError,
  findProject,
  migrateDown,
  migrateUp,
  migrationStatus,
  openReader,
  openWriter,
  readChanges,
  recount,
  validateMigrations,
  type Writer,
} from '../src/index.ts'
import type { Migration } from '../src/migrations/dialect.ts'
import { MIGRATIONS } from '../src/migrations/index.ts'
import { dumpSchema } from '../src/sqlite/dump-schema.ts'
import { DAY_MS } from '../src/time.ts'
import { createRecord, NOW_MS, openTestDatabase, PROJECT, parsed } from './database.ts'
import { callSkills, createSave } from './findings/stored.ts'
import { at, call, recordReports } from './turns/derived.ts'

const addColour: Migration = {
  version: MIGRATIONS.length + 1,
  name: 'colour',
  up: (d) => [
    `create table colour (name text not null) ${d.table}`,
    'alter table project add column colour text',
  ],
  down: () => ['alter table project drop column colour', 'drop table colour'],
}
const broken: Migration = {
  ...addColour,
  name: 'broken',
  up: (d) => [`create table colour (name text not null) ${d.table}`, 'create tabel oops'],
}

test('migrating up a second time changes nothing', () => {
  using database = openTestDatabase()
  expect(migrateUp(database.writer, NOW_MS)).toEqual([])
})

test('one step down undoes exactly one migration', () => {
  using database = openTestDatabase()
  const before = dumpSchema(database.writer)
  const migrations = [...MIGRATIONS, addColour]
  migrateUp(database.writer, NOW_MS, { migrations })
  expect(dumpSchema(database.writer)).not.toBe(before)
  expect(migrateDown(database.writer, { migrations })?.name).toBe('colour')
  expect(dumpSchema(database.writer)).toBe(before)
  expect(migrationStatus(database.writer).map((each) => each.applied_at_ms)).toEqual(
    MIGRATIONS.map(() => NOW_MS),
  )
})

test('every migration can be undone down to nothing, and done again', () => {
  using database = openTestDatabase()
  const before = dumpSchema(database.writer)
  while (migrateDown(database.writer) !== undefined);
  expect(
    database.writer.sqlite
      .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`)
      .pluck()
      .all(),
  ).toEqual(['skill_migrations'])
  migrateUp(database.writer, NOW_MS)
  expect(dumpSchema(database.writer)).toBe(before)
})

test('what spans stated before they were kept one by one still counts', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const running = anObservation({ invocation_id: 'i', witness: 'otel_span', outcome: 'running', rating: 4 })
  const record = async (observation: typeof running) =>
    (await createRecord(writer)([{ projectId: PROJECT, observations: [parsed(observation)] }], NOW_MS))[0]
  await record(running)
  while (
    migrationStatus(writer).some(
      ({ name, applied_at_ms }) => name === 'spans' && applied_at_ms !== undefined,
    )
  )
    migrateDown(writer)
  migrateUp(writer, NOW_MS)
  expect(await record(running)).toEqual(['duplicate'])
  expect(await record({ ...running, rating: undefined, outcome: 'completed' })).toEqual(['accepted'])
  const rows = writer.sqlite.prepare('select outcome, rating, witnesses from skill_invocation').all()
  expect(rows).toEqual([{ outcome: 'completed', rating: 4, witnesses: 'otel_span' }])
  expect(recount(writer, NOW_MS)).toEqual([])
})

test('the project default is made in the transaction of the first migration, or nothing is', () => {
  using folder = temporaryFolder()
  using writer = openWriter(`sqlite:${folder.path}/new.db`)
  const [first] = MIGRATIONS
  const refusesProjects: Migration = {
    ...first!,
    up: (d) => [
      ...first!.up(d),
      `create trigger refuse before insert on stream begin select raise(abort, 'refused'); end`,
    ],
  }
  expect(() => migrateUp(writer, NOW_MS, { migrations: [refusesProjects] })).toThrow('refused')
  expect(migrationStatus(writer).map((each) => each.applied_at_ms)).toEqual(MIGRATIONS.map(() => undefined))
  migrateUp(writer, NOW_MS)
  expect(findProject(writer, 'default')).toEqual({ project_id: 1, name: 'default' })
})

test('a migration that fails half way leaves nothing behind', () => {
  using database = openTestDatabase()
  const before = dumpSchema(database.writer)
  expect(() => migrateUp(database.writer, NOW_MS, { migrations: [...MIGRATIONS, broken] })).toThrow(
    /syntax error/,
  )
  expect(dumpSchema(database.writer)).toBe(before)
})

test('a dry run names the statements and runs none of them', () => {
  using folder = temporaryFolder()
  using writer = openWriter(`sqlite:${folder.path}/new.db`)
  expect(migrateUp(writer, NOW_MS, { dryRun: true })[0]?.statements[0]).toContain('create table project')
  expect(dumpSchema(writer).trim()).toBe('')
})

test('a migration that was edited after it was applied is found by its checksum', () => {
  using database = openTestDatabase()
  migrateUp(database.writer, NOW_MS, { migrations: [...MIGRATIONS, addColour] })
  const edited = {
    ...addColour,
    up: (d: Parameters<Migration['up']>[0]) => [...addColour.up(d), 'select 1'],
  }
  expect(validateMigrations(database.writer, [...MIGRATIONS, edited])).toEqual([
    `version ${addColour.version} (colour) was applied with other SQL than this program has`,
  ])
  expect(() => migrateUp(database.writer, NOW_MS, { migrations: [...MIGRATIONS, edited] })).toThrow(
    DatabaseError,
  )
})

test('a database of a newer program is refused for reading and writing', () => {
  using folder = temporaryFolder()
  const url = `sqlite:${folder.path}/newer.db`
  {
    using writer = openWriter(url)
    migrateUp(writer, NOW_MS, { migrations: [...MIGRATIONS, addColour] })
  }
  expect(() => openReader(url)).toThrow(expect.objectContaining({ kind: 'newer' }))
  expect(() => openWriter(url)).toThrow(expect.objectContaining({ kind: 'newer' }))
})

/** Undoes this migration and all after it. */
function undo(writer: Writer, migration: string): void {
  const isApplied = () =>
    migrationStatus(writer).some(
      ({ name, applied_at_ms }) => name === migration && applied_at_ms !== undefined,
    )
  while (isApplied()) migrateDown(writer)
}

test('the roll-up of coverage counts what was recorded before it came', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const observations = [
    anObservation({ invocation_id: 'a', session_id: 's', witness: 'hook' }),
    anObservation({ invocation_id: 'a', session_id: 's', witness: 'transcript' }),
    anObservation({ invocation_id: 'b', session_id: 's', witness: 'hook', outcome: 'failed' }),
  ]
  const parsedObservations = observations.map((observation) => parsed(observation))
  await createRecord(writer)([{ projectId: PROJECT, observations: parsedObservations }], NOW_MS)
  undo(writer, 'coverage')
  migrateUp(writer, NOW_MS)
  expect(recount(writer, NOW_MS)).toEqual([])
  expect(
    writer.sqlite.prepare('select witnesses, invocation_count from session_witness order by 1').raw().all(),
  ).toEqual([
    ['hook', 1],
    ['hook,transcript', 1],
  ])
})

test('the roll-ups of uses by period contain what was recorded before they came', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const uses = [0, 1, 8, 40].map((days) =>
    call({
      invocation_id: `use-${days}`,
      session_id: 's',
      skill_name: 'plan',
      invoked_at: at(0) - days * DAY_MS,
    }),
  )
  await recordReports(writer, uses)
  const sums = () =>
    writer.sqlite
      .prepare('select period_days, count(*), sum(use_count) from skill_use_period group by 1')
      .raw()
      .all()
  const before = sums()
  undo(writer, 'uses-by-period')
  migrateUp(writer, NOW_MS)
  expect(recount(writer, NOW_MS)).toEqual([])
  expect(sums()).toEqual(before)
  expect(before).toMatchObject([
    [1, 4, 4],
    [8, expect.any(Number), 4],
    [32, expect.any(Number), 4],
  ])
})

test('the roll-up of agents counts what was recorded before it came', async () => {
  using database = openTestDatabase()
  const { writer } = database
  const observations = [
    anObservation({ invocation_id: 'a', session_id: 's', agent_name: 'codex' }),
    anObservation({ invocation_id: 'b', session_id: 's', agent_name: 'codex' }),
    anObservation({ invocation_id: 'c', session_id: 's' }),
  ].map((observation) => parsed(observation))
  await createRecord(writer)([{ projectId: PROJECT, observations }], NOW_MS)
  undo(writer, 'agents-by-session')
  migrateUp(writer, NOW_MS)
  expect(recount(writer, NOW_MS)).toEqual([])
  const agents = 'select agent_name, session_id, invocation_count from session_agent'
  expect(writer.sqlite.prepare(agents).raw().all()).toEqual([['codex', 's', 2]])
})

test('the change log keeps its rows when findings come, and stays dense when they go', async () => {
  using database = openTestDatabase()
  const { writer } = database
  undo(writer, 'findings')
  const before = dumpSchema(writer)
  migrateUp(writer, NOW_MS)
  await recordReports(writer, [call({ session_id: 's', prompt_id: 'p', skill_name: 'plan' })])
  undo(writer, 'findings')
  const log = () => writer.sqlite.prepare('select * from skill_change').raw().all()
  const derived = log()
  expect(derived.map((row) => (row as unknown[])[4])).toEqual([0, 1, 2])
  migrateUp(writer, NOW_MS)
  expect(log()).toEqual(derived)
  await callSkills(writer, 'pdf-fill')
  createSave(writer)([aFinding({ finding_id: 'a' }), aFinding({ finding_id: 'b' })])
  createSave(writer)([aFinding({ finding_id: 'a' })])
  expect(readChanges(writer, PROJECT, 4, 10)).toMatchObject([
    { op: 'insert', finding: { finding_id: 'a' } },
    { op: 'delete', finding_id: 'b' },
    { op: 'delete', finding_id: 'b' },
  ])
  undo(writer, 'findings')
  expect(dumpSchema(writer)).toBe(before)
  migrateUp(writer, NOW_MS)
  expect(recount(writer, NOW_MS)).toEqual([])
  expect(log().slice(0, 3)).toEqual(derived)
  expect(readChanges(writer, PROJECT, 4, 10).map(({ op }) => op)).toEqual(['delete', 'delete', 'delete'])
  const storing = "insert into skill_change values (1, 99, 'insert', 1, 4)"
  expect(() => writer.sqlite.exec(storing)).toThrow(/CHECK constraint failed/)
})
