import { createHash } from 'node:crypto'
import { deserialize } from 'node:v8'
import type { DeletionSelector } from '@skillwatch/db'
import type { Observation } from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectProject, type ProjectResult } from '../../src/detection/detect-project.ts'
import { planOf } from '../../src/schedule.ts'
import { callsOf, fallingSkill, HOUR_MS } from '../support/calls.ts'
import { type RecordedDatabase, recordedDatabase } from '../support/recorded.ts'
import { DUE_AT_MS } from '../support/test-analyst.ts'

/** A run that is due so many hours before the fixed time. */
function run(
  { url, projectId }: RecordedDatabase,
  hoursBefore = 0,
  memory?: Uint8Array,
): Promise<ProjectResult> {
  const plan = planOf(DUE_AT_MS - hoursBefore * HOUR_MS, HOUR_MS)
  return detectProject({ databaseUrl: url, projectId, plan, timeZone: 'UTC', memory })
}

/** Calls of two skills that follow each other in their sessions; some take longer than an hour. */
function callsInSessions(): Observation[] {
  const hours = { from: 70, to: 1 }
  return [...callsOf('plan', hours, { calls: 4 }), ...callsOf('lint', hours, { calls: 3 })].map(
    (call, index) => {
      const [, hour] = call.invocation_id!.split('-')
      const elapsed_ms = index % 5 === 0 ? 5_000_000 : 2_000
      return { ...call, session_id: `session-${hour}`, elapsed_ms }
    },
  )
}

/** Two skills that fall, at different hours, one that becomes silent, and two that follow each other. */
const CALLS: readonly Observation[] = [
  ...callsInSessions(),
  ...fallingSkill(),
  ...callsOf('review', { from: 60, to: 8 }, { calls: 6 }),
  ...callsOf('review', { from: 8, to: 6 }, { calls: 8, completed: 0 }),
  ...callsOf('review', { from: 6, to: 1 }, { calls: 6 }),
  ...callsOf('deploy', { from: 80, to: 20 }, { calls: 4 }),
]

test('any order of arrival, late calls included, leads to the same findings as all calls in time', async () => {
  await using inTime = await recordedDatabase(CALLS)
  const expected = (await run(inTime)).findings
  expect(expected.map(({ skill_name, metric }) => `${skill_name} ${metric}`)).toEqual(
    expect.arrayContaining(['pdf-fill completion_rate', 'review completion_rate', 'deploy silence']),
  )
  const arrivals = fc.record({
    seed: fc.nat(),
    gaps: fc.array(fc.integer({ min: 1, max: 10 }), { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(arrivals, async ({ seed, gaps }) => {
      await using database = await recordedDatabase()
      const calls = shuffled(CALLS, seed)
      const size = Math.ceil(calls.length / (gaps.length + 1))
      let hoursBefore = gaps.reduce((sum, gap) => sum + gap, 0)
      let result: ProjectResult | undefined
      for (const [index, gap] of [0, ...gaps].entries()) {
        hoursBefore -= gap
        await database.record(calls.slice(index * size, (index + 1) * size))
        result = await run(database, hoursBefore, result?.memory)
      }
      expect(result?.findings).toEqual(expected)
    }),
    { numRuns: 8 },
  )
})

test('runs that follow late calls, deletions and restarts find the same as one run over all hours', async () => {
  const deletion = fc.constantFrom<DeletionSelector>(
    { skill_name: 'lint' },
    { skill_name: 'review' },
    { session_id: 'pdf-fill-2-3' },
    { session_id: 'session-9' },
    { before_ms: NOW_MS - 65 * HOUR_MS },
  )
  const between = fc.record({
    gap: fc.integer({ min: 0, max: 5 }),
    deletions: fc.array(deletion, { maxLength: 1 }),
    isRestarted: fc.boolean(),
  })
  const histories = fc.record({ seed: fc.nat(), runs: fc.array(between, { minLength: 2, maxLength: 4 }) })
  await fc.assert(
    fc.asyncProperty(histories, async ({ seed, runs }) => {
      await using database = await recordedDatabase()
      const calls = shuffled(CALLS, seed)
      const size = Math.ceil(calls.length / runs.length)
      let hoursBefore = runs.reduce((sum, { gap }) => sum + gap, 0)
      let result: ProjectResult | undefined
      for (const [index, { gap, deletions, isRestarted }] of runs.entries()) {
        hoursBefore -= gap
        await database.record(calls.slice(index * size, (index + 1) * size))
        for (const each of deletions) await database.recorder.delete(database.projectId, each)
        const memory = isRestarted ? undefined : result?.memory
        result = await run(database, hoursBefore, memory)
        expect(result.extent).toBe(memory === undefined ? 'all' : 'changes')
      }
      expect(result!.findings).toEqual((await run(database)).findings)
    }),
    { numRuns: 8 },
  )
})

/** In an order that follows from the seed. */
function shuffled(calls: readonly Observation[], seed: number): Observation[] {
  const placeOf = ({ invocation_id }: Observation) =>
    createHash('sha256').update(`${seed} ${invocation_id}`).digest('hex')
  return calls.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}

test('a skill that falls from 100% to 0% over ten calls is found by the next run', async () => {
  await using database = await recordedDatabase(fallingSkill())
  expect((await run(database, 1)).findings).toEqual([])
  const [finding, ...others] = (await run(database)).findings
  expect(others).toEqual([])
  expect(finding).toMatchObject({
    ...{ skill_name: 'pdf-fill', metric: 'completion_rate', subtype: 'drop', resolved_at: null },
    ...{ opened_at: '2026-11-22T11:00:00.000Z', observed_value: 0 },
    samples: { observed: 10 },
  })
})

test('a run after an hour tests that hour alone, and finds the same as a replay', async () => {
  await using database = await recordedDatabase(fallingSkill())
  const { memory } = await run(database, 1)
  const next = await run(database, 0, memory)
  expect(next.runCount).toBe(1)
  expect(next.findings).toEqual((await run(database)).findings)
})

test('a second run for the same hour tests nothing again, and finds the same', async () => {
  await using database = await recordedDatabase(fallingSkill())
  const first = await run(database)
  const second = await run(database, 0, first.memory)
  expect(second.runCount).toBe(0)
  expect(second.findings).toEqual(first.findings)
  // The position differs: turns were derived meanwhile.
  const [after, before] = [second, first].map(({ memory }) => ({ ...deserialize(memory), position: null }))
  expect(after).toEqual(before)
})

test('late calls are tested again from the day of their hour on', async () => {
  await using database = await recordedDatabase(callsOf('pdf-fill', { from: 200, to: 1 }, { calls: 5 }))
  const { memory } = await run(database, 1)
  const late = callsOf('pdf-fill', { from: 102, to: 101 }, { calls: 40, completed: 0 }).map((call) => {
    return { ...call, invocation_id: `late-${call.invocation_id}`, session_id: `late-${call.session_id}` }
  })
  await database.record(late)
  const next = await run(database, 0, memory)
  expect(next.runCount).toBeGreaterThan(101)
  expect(next.runCount).toBeLessThanOrEqual(101 + 24)
  expect(next.findings).toEqual((await run(database)).findings)
  expect(next.findings.map(({ metric }) => metric)).toContain('completion_rate')
})

test('calls that are deleted take their findings with them', async () => {
  await using database = await recordedDatabase(fallingSkill())
  const before = await run(database)
  expect(before.findings).toHaveLength(1)
  await database.recorder.delete(database.projectId, { kind: 'skill', skill_name: 'pdf-fill' })
  const after = await run(database, 0, before.memory)
  expect(after.findings).toEqual([])
  expect(after.runCount).toBeGreaterThan(1)
})

test('what was found in one week is not continued in a replay that begins later', async () => {
  await using database = await recordedDatabase(fallingSkill())
  const { memory } = await run(database, 7 * 24)
  const next = await run(database, 0, memory)
  expect(next.runCount).toBe((await run(database)).runCount)
})

test('skills with too few calls are no reason to test an hour again', async () => {
  await using database = await recordedDatabase(callsOf('pdf-fill', { from: 74, to: 1 }, { calls: 5 }))
  const { memory } = await run(database, 1)
  await database.record(callsOf('rare', { from: 2, to: 1 }, { calls: 3 }))
  expect((await run(database, 0, memory)).runCount).toBe(1)
})

test('when the begin moves by a week, findings of the weeks that are reported stay the same', async () => {
  const week = 7 * 24
  const usual = { calls: 4 }
  const faults = [9.9, 6.3, 4.2, 3.1, 2.2].map((weeks) => Math.round(weeks * week))
  const calls = [14 * week, ...faults].flatMap((from, index) => [
    ...(index === 0 ? [] : callsOf('pdf-fill', { from, to: from - 4 }, { calls: 5, completed: 0 })),
    ...callsOf('pdf-fill', { from: index === 0 ? from : from - 4, to: faults[index] ?? 1 }, usual),
  ])
  await using database = await recordedDatabase(calls)
  const { reportSinceMs } = planOf(DUE_AT_MS, HOUR_MS)
  const untilMs = planOf(DUE_AT_MS - week * HOUR_MS, HOUR_MS).untilMs
  const shared = ({ findings }: ProjectResult) =>
    findings.filter(({ opened_at, resolved_at }) => {
      const isOver = resolved_at !== null && Date.parse(resolved_at) <= untilMs
      return Date.parse(opened_at) >= reportSinceMs && isOver
    })
  const before = shared(await run(database, week))
  expect(before.filter(({ metric }) => metric === 'completion_rate')).toHaveLength(3)
  expect(shared(await run(database))).toEqual(before)
})
