import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { openBaseline, SCHEMA } from '../src/baseline/database.ts'
import { Planner } from '../src/baseline/plan.ts'
import type { Report } from '../src/baseline/rows.ts'
import { PRAGMAS, SQL } from '../src/baseline/statements.ts'
import { createObservations } from '../src/parts/observations.ts'

const NOW_MS = Date.UTC(2026, 10, 22, 12)
const FOLDER = new URL('../src/baseline/', import.meta.url)

test('the schema, the settings and the statements of the baseline are those of commit 31611d6', () => {
  expect(checksum(SCHEMA)).toBe('93114118370e1512b70bd527efad5f57cf52573582cb78dc9a8778562a99b13e')
  expect(checksum(JSON.stringify(PRAGMAS))).toBe(
    '2c3cb8a4ac87e86e510f7038bdd13aef317878753c58a9f87ad66e0820655b0c',
  )
  expect(checksum(JSON.stringify(SQL))).toBe(
    'fa84654af825bad17440bb459b8e4500082cfb0956097a966a0c6c1811a250a5',
  )
})

test('the baseline imports nothing of ours outside of its folder', () => {
  const imported = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(new URL(name, FOLDER), 'utf8').matchAll(/ from '([^']+)'/g)])
    .map((match) => match[1]!)
  const outside = imported.filter((specifier) => !/^\.\/[a-z-]+\.ts$/.test(specifier))
  expect([...new Set(outside)].sort()).toEqual(['better-sqlite3', 'node:crypto', 'node:fs'])
})

test('500 new calls run as many statements in one transaction as at commit 31611d6', () => {
  const source = createObservations()
  const planner = new Planner()
  for (let group = 0; group < 2; group++) planner.plan(source.take(500, NOW_MS), NOW_MS)
  const calls = planner.plan(source.take(500, NOW_MS), NOW_MS)
  expect(calls).toHaveLength(4_167)
  expect(timesRun(calls)).toEqual({
    selectLastRowId: 1,
    selectStoreText: 1,
    selectRow: 500,
    upsertLiveSeries: 500,
    upsertLiveBucket: 500,
    insertRow: 500,
    upsertWitness: 500,
    selectActivationsOfSession: 25,
    upsertSkill: 40,
    upsertSession: 25,
    upsertHour: 40,
    upsertMinute: 40,
    upsertBucket: 512,
    upsertSessionSkill: 342,
    upsertWitnessOutcome: 2,
    upsertSessionWitness: 137,
    selectLastOffset: 1,
    insertChange: 500,
    updateLastOffset: 1,
  })
})

test('an update that moves the times of a call runs as many statements as at commit 31611d6', () => {
  const planner = new Planner()
  const [start, end, times] = reportsOf('toolu_1')
  planner.plan([start], NOW_MS)
  planner.plan([end], NOW_MS)
  expect(timesRun(planner.plan([times], NOW_MS))).toEqual({
    selectLastRowId: 1,
    selectStoreText: 1,
    selectRow: 1,
    selectWitnesses: 1,
    updateRow: 1,
    upsertWitness: 1,
    upsertSkill: 1,
    deleteEmptySkill: 1,
    rereadSkill: 1,
    upsertHour: 1,
    upsertSession: 1,
    deleteEmptySession: 1,
    rereadSession: 1,
    deleteEmptyHour: 1,
    deleteEmptyMinute: 1,
    deleteEmptyBucket: 2,
    deleteEmptySessionSkill: 1,
    deleteEmptyWitnessOutcome: 1,
    upsertWitnessOutcome: 1,
    upsertSessionWitness: 2,
    deleteEmptySessionWitness: 1,
    selectLastOffset: 1,
    insertChange: 1,
    updateLastOffset: 1,
  })
})

test('a call and its updates are one row whose roll-ups equal a recount', () => {
  using folder = temporaryFolder()
  using baseline = openBaseline(`${folder.path}/baseline.db`)
  const calls = Array.from({ length: 100 }, (_, index) => reportsOf(`toolu_${index}`))
  for (const step of [0, 1, 2])
    baseline.prepare(
      calls.map((reports) => reports[step]!),
      NOW_MS,
    )()
  baseline.demand({ calls: 100, changes: 300 })
  const read = (sql: string) => baseline.sqlite.prepare(sql).get()
  expect(read('select invoked_at_ms, ended_at_ms, outcome, witnesses from skill_invocation')).toEqual({
    invoked_at_ms: NOW_MS - 997,
    ended_at_ms: NOW_MS - 2,
    outcome: 'completed',
    witnesses: 'hook,otel_log',
  })
  expect(
    read('select invocation_count, completed_count, span_ms_sum, first_invoked_at_ms from skill_metrics'),
  ).toEqual({
    invocation_count: 100,
    completed_count: 100,
    span_ms_sum: 99_500,
    first_invoked_at_ms: NOW_MS - 997,
  })
  expect(read('select sum(invocation_count) as sum from session_witness')).toEqual({ sum: 100 })
  expect(read('select sum(invocation_count) as sum from skill_duration_bucket')).toEqual({ sum: 200 })
})

test('a baseline that did not store everything is refused', () => {
  using folder = temporaryFolder()
  using baseline = openBaseline(`${folder.path}/baseline.db`)
  baseline.prepare([reportsOf('toolu_1')[0]], NOW_MS)()
  expect(() => baseline.demand({ calls: 2, changes: 2 })).toThrow(
    'expected 2 calls and 2 changes in the baseline; stored are 1',
  )
})

test('a call that is reported twice in one transaction is refused', () => {
  const [start, end] = reportsOf('toolu_1')
  expect(() => new Planner().plan([start, end], NOW_MS)).toThrow(RangeError)
})

function reportsOf(invocation_id: string): [start: Report, end: Report, times: Report] {
  const call = {
    invocation_id,
    kind: 'tool',
    skill_name: 'Bash',
    session_id: 's',
    agent_name: 'claude-code',
  } as const
  return [
    { ...call, witness: 'hook', invoked_at: NOW_MS - 1_000, outcome: 'running' },
    { ...call, witness: 'hook', ended_at: NOW_MS, outcome: 'completed', execution_ms: 900 },
    { ...call, witness: 'otel_log', invoked_at: NOW_MS - 997, ended_at: NOW_MS - 2, outcome: 'completed' },
  ]
}

function timesRun(calls: readonly { sql: string }[]): Record<string, number> {
  const names = new Map<string, string>(Object.entries(SQL).map(([name, sql]) => [sql, name]))
  const times: Record<string, number> = {}
  for (const { sql } of calls) times[names.get(sql)!] = (times[names.get(sql)!] ?? 0) + 1
  return times
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
