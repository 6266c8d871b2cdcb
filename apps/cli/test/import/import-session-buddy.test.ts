import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReader, recount } from '@skillwatch/db'
import { machineNowMs } from '@skillwatch/testkit'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'
import { type OwnEnvironment, ownEnvironment, startService } from '../stack.ts'
import { writeSkillsDb } from './session-buddy/skills-db.ts'

function rowsOf({ env }: OwnEnvironment): unknown[] {
  using reader = openReader(env.SKILLWATCH_DATABASE_URL!)
  expect(recount(reader, machineNowMs())).toEqual([])
  return reader.sqlite.prepare('select * from skill_invocation order by invocation_id').all()
}

test('a skills.db is imported once, without the texts of its queries', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const path = join(own.env.HOME!, 'skills.db')
  const rows = Array.from({ length: 300 }, (_, index) => ({
    session_id: `s${index % 5}`,
    completed: index % 2,
    duration_seconds: 1.5,
    user_query: 'my secret question',
    workflow_phase: 'setup',
    follow_up_actions: ['git commit'],
  }))
  writeSkillsDb(path, 4, [...rows, { invoked_at: 'never' }])
  const args = ['import', 'session-buddy', path]

  const first = await runCli([...args, '--json'], own.env)
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(first.stdout)).toMatchObject({
    rows: { found: 301, skipped: 1 },
    outcomes: { completed: 150, abandoned: 150 },
    sent: { accepted: 300, duplicates: 0, rejected: 0 },
  })
  const stored = rowsOf(own)
  expect(stored.length).toBe(300)
  expect(stored[0]).toMatchObject({
    skill_name: 'pytest-run',
    invoked_at_ms: Date.UTC(2026, 1, 10, 12, 0, 0, 123),
    execution_ms: 1_500,
    user_query_bytes: 18,
    workflow_phase: 'setup',
    follow_up_actions: '["git commit"]',
    witnesses: 'import',
  })
  for (const suffix of ['', '-wal']) {
    const file = own.env.SKILLWATCH_DATABASE_URL!.replace('sqlite:', '') + suffix
    expect(readFileSync(file).includes('my secret question')).toBe(false)
  }

  const second = await runCli(args, own.env)
  expect(second.code).toBe(0)
  expect(second.stdout).toContain('301 found, 0 read, 301 imported before')
  const restarted = await runCli([...args, '--restart'], own.env)
  expect(restarted.stdout).toContain('0 accepted, 300 known already')
  expect(restarted.stdout).toContain('1 × invoked_at: is not a date and time')
  expect(rowsOf(own)).toEqual(stored)
}, 60_000)

test('a dry run reads a JSON file and needs no server', async () => {
  using own = await ownEnvironment()
  const path = join(own.env.HOME!, 'skill_metrics.json')
  const invocation = {
    skill_name: 'a',
    invoked_at: '2026-02-10T12:00:00',
    session_id: 's',
    completed: false,
  }
  writeFileSync(path, JSON.stringify({ invocations: [invocation], skills: {} }))
  const { code, stdout } = await runCli(['import', 'session-buddy', path, '--dry-run'], own.env)
  expect(code).toBe(0)
  expect(stdout).toContain('JSON, old layout')
  expect(stdout).toContain('1 abandoned')
  expect(stdout).toContain('session-buddy counts them as abandoned')
  expect(stdout).toContain('dry run')
})

test('errors say what to do', async () => {
  using own = await ownEnvironment()
  const missing = await runHere(['import', 'session-buddy', '/no/such.db'], own.env)
  expect(missing).toMatchObject({ code: 1, stdout: '' })
  expect(missing.stderr).toContain('/no/such.db does not exist')
  const path = join(own.env.HOME!, 'skills.db')
  writeSkillsDb(path, 1, [{}])
  expect((await runHere(['import', 'session-buddy', path], own.env)).stderr).toContain('npm start')
  const owner = new Sqlite(path)
  owner.pragma('journal_mode = delete')
  owner.exec('begin exclusive')
  const locked = await runCli(['import', 'session-buddy', path, '--dry-run'], own.env)
  owner.close()
  expect(locked).toMatchObject({ code: 1, stdout: '' })
  expect(locked.stderr).toContain('is locked by the program that writes it')
})

test('rows before the damage in a file are imported, and the error says how to get the rest', async () => {
  using own = await ownEnvironment()
  await using _ingest = await startService('ingest', own)
  const path = join(own.env.HOME!, 'skills.db')
  const created_at = '2026-02-10 12:00:01'
  const rows = Array.from({ length: 6_000 }, (_, index) => ({
    created_at,
    user_query: `query-${index}-${'x'.repeat(99)}`,
  }))
  writeSkillsDb(path, 4, rows)
  const bytes = readFileSync(path)
  const at = bytes.indexOf('query-5500-')
  writeFileSync(path, bytes.fill(0xff, at - (at % 4_096), at - (at % 4_096) + 4_096))
  const { code, stdout, stderr } = await runCli(['import', 'session-buddy', path], own.env)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /skills\.db is damaged \(.*\)\. Rows read before the damage are stored; .*sqlite3 .* \.recover/,
  )
  const stored = rowsOf(own).length
  expect(stored).toBeGreaterThan(4_000)
  expect(stored).toBeLessThan(6_000)

  // Mended, the file brings the rest, and nothing twice.
  const mended = join(own.env.HOME!, 'mended.db')
  writeSkillsDb(mended, 4, rows)
  const second = await runCli(['import', 'session-buddy', mended, '--json'], own.env)
  expect(JSON.parse(second.stdout).sent).toEqual(
    expect.objectContaining({ duplicates: stored, rejected: 0 }),
  )
  expect(rowsOf(own)).toHaveLength(6_000)
}, 60_000)

test.each([
  ['cut in its middle', (path: string) => truncateSync(path, 20_000), /is damaged/],
  ['cut in its first page', (path: string) => truncateSync(path, 50), /is damaged/],
  [
    'half a JSON file',
    (path: string) => writeFileSync(path, '{"invocations": [{'),
    /run the same command again/,
  ],
])('a file that is %s is refused with what to do', async (_, damage, message) => {
  using own = await ownEnvironment()
  const path = join(own.env.HOME!, 'skills.db')
  writeSkillsDb(path, 4, [{}, {}])
  damage(path)
  const { code, stdout, stderr } = await runHere(['import', 'session-buddy', path, '--dry-run'], own.env)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(message)
})
