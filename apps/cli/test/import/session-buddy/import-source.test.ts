import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Observation } from '@skillwatch/schema'
import { NOW_MS, type TemporaryFolder, temporaryFolder } from '@skillwatch/testkit'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openCheckpointStore } from '../../../src/import/checkpoint-store.ts'
import { importSource, SOURCE_CHECKPOINTS } from '../../../src/import/session-buddy/import-source.ts'
import { openSource } from '../../../src/import/session-buddy/open-source.ts'
import { createSkillsDb, insertRow, type Row, type Version, writeSkillsDb } from './skills-db.ts'

const VERSIONS: readonly Version[] = [1, 2, 3, 4]

function bench(temporary: TemporaryFolder) {
  const sent: Observation[] = []
  const accept = async (observations: readonly Observation[]) => {
    sent.push(...observations)
    return { accepted: observations.length, duplicates: 0, rejectedCount: 0, rejected: [] }
  }
  return {
    path: join(temporary.path, 'skills.db'),
    sent,
    ids: () => sent.map((each) => each.invocation_id),
    async run(path: string, { send = accept, restart = false, batchItemsMax = 100 } = {}) {
      const server = { serverUrl: 'http://127.0.0.1:1', epoch: 'e1' }
      const checkpoints = await openCheckpointStore(
        join(temporary.path, 'state'),
        server,
        SOURCE_CHECKPOINTS,
      )
      const { signal } = new AbortController()
      using source = openSource(path)
      return await importSource({
        path,
        source,
        send,
        checkpoints,
        restart,
        batchItemsMax,
        signal,
        nowMs: () => NOW_MS,
      })
    },
  }
}

/** Calls of every sort that a version can hold. */
function manyRows(count: number, version: Version): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    skill_name: `skill-${index % 7}`,
    invoked_at: index % 2 === 0 ? `2026-02-10T12:00:00.${100_000 + index}+00:00` : '2026-02-10 12:00:00',
    session_id: `s${index % 11}`,
    completed: index % 3 === 0 ? 0 : 1,
    error_type: index % 6 === 0 ? 'E501' : null,
    duration_seconds: index / 10,
    alternatives_considered: ['a', 'b'],
    ...(version >= 2 && { embedding: Buffer.alloc(1536) }),
    ...(version >= 3 && { workflow_phase: 'execution', workflow_step_id: 'step' }),
  }))
}

test.each(VERSIONS)('V%i: the import equals a count of the source', async (version) => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  writeSkillsDb(path, version, manyRows(1_234, version))
  const summary = await run(path)
  expect(summary).toMatchObject({
    source: { layout: `V${version}` },
    rows: { found: 1_234, read: 1_234, skipped: 0 },
  })

  using sqlite = openForCounting(path)
  const counted = sqlite.db
    .prepare(`select skill_name, sum(completed) as completed, sum(completed = 0 and error_type is not null) as failed,
      sum(completed = 0 and error_type is null) as abandoned, round(sum(duration_seconds), 3) as seconds
      from skill_invocation group by 1 order by 1`)
    .all()
  const skills = Map.groupBy(sent, (each) => each.skill_name)
  const came = [...skills].sort().map(([skill_name, calls]) => ({
    skill_name,
    ...Object.fromEntries(
      ['completed', 'failed', 'abandoned'].map((outcome) => [
        outcome,
        calls.filter((each) => each.outcome === outcome).length,
      ]),
    ),
    seconds: Number(calls.reduce((sum, each) => sum + each.duration_seconds!, 0).toFixed(3)),
  }))
  expect(came).toEqual(counted)
  expect(sent[0]?.workflow_phase).toBe(version >= 3 ? 'execution' : undefined)
  expect(sent[0]?.alternatives_considered).toEqual(['a', 'b'])
})

function openForCounting(path: string): { db: Sqlite.Database } & Disposable {
  const db = new Sqlite(path)
  return { db, [Symbol.dispose]: () => void db.close() }
}

test('a second run sends nothing, a third one only what is new', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  writeSkillsDb(path, 4, manyRows(250, 4))
  await run(path)
  expect((await run(path)).rows).toEqual({ found: 250, known: 250, read: 0, skipped: 0 })
  const sqlite = new Sqlite(path)
  insertRow(sqlite, { skill_name: 'new' })
  sqlite.close()
  expect((await run(path)).rows).toMatchObject({ known: 250, read: 1 })
  expect(sent.length).toBe(251)
})

test('ids stay the same in a copy, after a migration and when everything is read again', async () => {
  using temporary = temporaryFolder()
  const { path, run, ids } = bench(temporary)
  writeSkillsDb(path, 1, manyRows(20, 1))
  await run(path)
  const first = ids()
  expect(new Set(first).size).toBe(20)
  const copy = `${path}.copy`
  copyFileSync(path, copy)
  const sqlite = new Sqlite(copy)
  sqlite.exec('alter table skill_invocation add column embedding BLOB; vacuum')
  sqlite.close()
  await run(copy)
  await run(path, { restart: true })
  expect(ids()).toEqual([...first, ...first, ...first])
})

test('another database in the same place is read from its start', async () => {
  using temporary = temporaryFolder()
  const { path, run } = bench(temporary)
  writeSkillsDb(path, 4, manyRows(30, 4))
  await run(path)
  const other = `${path}.other`
  writeSkillsDb(other, 4, manyRows(40, 4).toReversed())
  copyFileSync(other, path)
  expect(await run(path)).toMatchObject({ restarted: true, rows: { known: 0, read: 40 } })
})

test('an import that ends in the middle goes on after the last row that was answered for', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  writeSkillsDb(path, 4, manyRows(1_000, 4))
  let requests = 0
  const failing = async (observations: readonly Observation[]) => {
    requests += 1
    if (requests === 4) throw new Error('gone')
    return { accepted: observations.length, duplicates: 0, rejectedCount: 0, rejected: [] }
  }
  await expect(run(path, { send: failing })).rejects.toThrow('gone')
  expect((await run(path)).rows).toEqual({ found: 1_000, known: 300, read: 700, skipped: 0 })
  expect(sent.length).toBe(700)
})

test('unusable records are counted by reason, and all others are imported', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  writeSkillsDb(path, 4, [
    {},
    { invoked_at: 'soon' },
    { invoked_at: 'later' },
    { skill_name: 'x'.repeat(300) },
    { duration_seconds: -3 },
    { duration_seconds: -4, completed: 0 },
    { alternatives_considered: '{not json' },
    { invoked_at: '2026-02-10 12:00:00' },
  ])
  const summary = await run(path)
  expect(summary).toMatchObject({
    rows: { found: 8, read: 8, skipped: 3 },
    outcomes: { completed: 4, abandoned: 1 },
    assumed: { no_zone_read_as_utc: 1, no_error_counted_as_abandoned: 1 },
  })
  expect(Object.values(summary.skipped_rows)).toEqual([2, 1])
  expect(Object.values(summary.dropped_fields)).toEqual([2, 1])
  expect(sent.length).toBe(5)
})

test('rows of tables without calls are named, empty tables are not', async () => {
  using temporary = temporaryFolder()
  const { path, run } = bench(temporary)
  const sqlite = createSkillsDb(path, 4)
  sqlite.exec(
    "insert into skill_modalities (skill_name, modality_type) values ('a', 'code'), ('b', 'testing')",
  )
  sqlite.close()
  expect((await run(path)).other_rows).toEqual({ skill_modalities: 2 })
})

test('a database at rest is left exactly as it is, with nothing beside it', async () => {
  using temporary = temporaryFolder()
  const { path, run } = bench(temporary)
  writeSkillsDb(path, 4, manyRows(10, 4))
  const before = readFileSync(path)
  expect((await run(path)).rows.read).toBe(10)
  expect(readdirSync(temporary.path).filter((name) => name.startsWith('skills'))).toEqual(['skills.db'])
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('rows in the log of an open skills.db are imported, and session-buddy can go on writing', async () => {
  using temporary = temporaryFolder()
  const { path, run, sent } = bench(temporary)
  const owner = createSkillsDb(path, 4)
  try {
    insertRow(owner, { skill_name: 'in-the-log' })
    const files = readdirSync(temporary.path)
    expect(files).toContain('skills.db-wal')
    await run(path)
    expect(sent.map((each) => each.skill_name)).toEqual(['in-the-log'])
    expect(readdirSync(temporary.path).filter((name) => name !== 'state')).toEqual(files)
    insertRow(owner, { skill_name: 'later' })
    await run(path)
    expect(sent.at(-1)?.skill_name).toBe('later')
  } finally {
    owner.close()
  }
})

test('a database in the older journal mode is read in place', async () => {
  using temporary = temporaryFolder()
  const { path, run } = bench(temporary)
  const sqlite = createSkillsDb(path, 2)
  insertRow(sqlite, {})
  sqlite.pragma('journal_mode = delete')
  sqlite.close()
  expect((await run(path)).rows.read).toBe(1)
  expect(readdirSync(temporary.path).toSorted()).toEqual(['skills.db', 'state'])
})

const invocation = {
  skill_name: 'pytest-run',
  invoked_at: '2026-02-10T12:00:00',
  session_id: 's1',
  completed: true,
  duration_seconds: 5.2,
  error_type: null,
}

test.each([
  ['old', { invocations: [invocation], skills: {}, last_updated: '2026-02-10T12:00:06' }],
  ['new', { invocations: [invocation] }],
])('a JSON file of the %s layout is imported', async (layout, content) => {
  using temporary = temporaryFolder()
  const { run, sent } = bench(temporary)
  const path = join(temporary.path, 'metrics.json')
  writeFileSync(path, JSON.stringify(content))
  expect(await run(path)).toMatchObject({
    source: { format: 'json', layout },
    rows: { found: 1, skipped: 0 },
  })
  expect(sent).toMatchObject([{ skill_name: 'pytest-run', outcome: 'completed', duration_seconds: 5.2 }])
})

test('equal records of a JSON file are different calls, also when the file grows or is reformatted', async () => {
  using temporary = temporaryFolder()
  const { run, sent, ids } = bench(temporary)
  const path = join(temporary.path, 'metrics.json')
  writeFileSync(path, JSON.stringify({ invocations: [invocation, invocation, 'noise'] }))
  expect(await run(path)).toMatchObject({ rows: { found: 3, skipped: 1 } })
  expect(new Set(ids()).size).toBe(2)

  const { error_type: _, ...withoutNull } = invocation
  const reordered = Object.fromEntries(Object.entries(withoutNull).toReversed())
  writeFileSync(path, JSON.stringify({ invocations: [reordered, invocation, 'noise', invocation] }, null, 2))
  expect((await run(path)).rows).toMatchObject({ known: 3, read: 1 })
  expect(new Set(ids()).size).toBe(3)
  expect(sent.length).toBe(3)
})

test.each([
  ['empty', '', 'neither a SQLite database nor complete JSON'],
  ['a list', '[]', 'expected an object with a list `invocations`'],
  ['another JSON', '{"skills":{}}', 'expected an object with a list `invocations`'],
  ['text', 'hello', 'neither a SQLite database nor complete JSON'],
])('a file that is %s is refused with the reason', (_, content, words) => {
  using temporary = temporaryFolder()
  const path = join(temporary.path, 'file')
  writeFileSync(path, content)
  expect(() => openSource(path)).toThrow(words)
})

test('a foreign or damaged database, a folder and a missing file are refused with the reason', () => {
  using temporary = temporaryFolder()
  const path = join(temporary.path, 'skills.db')
  const sqlite = new Sqlite(path)
  sqlite.exec('create table t (a)')
  sqlite.close()
  expect(() => openSource(path)).toThrow('it has no table skill_invocation')
  expect(() => openSource(temporary.path)).toThrow(`give the file ${path}`)
  expect(() => openSource(join(temporary.path, 'no'))).toThrow('does not exist')
  const damaged = join(temporary.path, 'damaged.db')
  writeFileSync(damaged, 'SQLite format 3\0')
  appendFileSync(damaged, Buffer.alloc(5_000, 0xff))
  expect(() => openSource(damaged)).toThrow('is damaged')
})
