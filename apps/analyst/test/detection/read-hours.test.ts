import { type DeletionSelector, type HourlyCalls, hourlyCalls, openReader, snapshot } from '@skillwatch/db'
import { type Observation, OUTCOMES } from '@skillwatch/schema'
import { NOW_MS, observationArbitrary } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryFor, packMemory } from '../../src/detection/memory.ts'
import { type ReadHours, readHours } from '../../src/detection/read-hours.ts'
import { type Plan, planOf } from '../../src/schedule.ts'
import { callsOf, HOUR_MS } from '../support/calls.ts'
import { type RecordedDatabase, recordedDatabase } from '../support/recorded.ts'
import { DUE_AT_MS } from '../support/test-analyst.ts'

interface Run extends ReadHours {
  readonly plan: Plan
  readonly memory: Uint8Array
}

/** Reads as a run does that is due so many hours before the fixed time. */
function read(database: RecordedDatabase, hoursBefore = 0, before?: Pick<Run, 'memory'>): Run {
  const plan = planOf(DUE_AT_MS - hoursBefore * HOUR_MS, HOUR_MS)
  const { url, projectId } = database
  const hours = readHours({ databaseUrl: url, projectId }, plan, memoryFor(plan, before?.memory))
  const { slices, position, allReadAtMs } = hours
  const { fromMs, untilMs } = plan
  const memory = packMemory({ ...slices.packed(), position, allReadAtMs, fromMs, untilMs, interim: [] })
  return { ...hours, plan, memory }
}

/** The counts by skill and hour, rows of the same hour added, as text: a name may be `__proto__`. */
function countsOf(rows: Iterable<HourlyCalls>, untilMs = Number.POSITIVE_INFINITY): string[] {
  const byKey = Map.groupBy(
    [...rows].filter(({ hour_at_ms }) => hour_at_ms < untilMs),
    ({ kind, skill_name, hour_at_ms }) => JSON.stringify([hour_at_ms, kind, skill_name]),
  )
  const added = (ofHour: readonly HourlyCalls[]) => {
    const sums = new Map<string, number>()
    const add = (name: string, count: number) => sums.set(name, (sums.get(name) ?? 0) + count)
    for (const {
      duration_counts,
      follow_counts,
      kind: _,
      skill_name: __,
      hour_at_ms: ___,
      ...counts
    } of ofHour) {
      for (const [name, count] of Object.entries(counts)) add(name, count)
      for (const [bucket, count] of duration_counts.entries()) add(`bucket ${bucket}`, count)
      for (const [name, count] of Object.entries(follow_counts)) add(`follower ${name}`, count)
    }
    return [...sums].filter(([, count]) => count > 0).sort()
  }
  return [...byKey].map(([key, ofHour]) => `${key} ${JSON.stringify(added(ofHour))}`).sort()
}

function countedFromRows({ url, projectId }: RecordedDatabase, { fromMs, untilMs }: Plan): string[] {
  using reader = openReader(url)
  return snapshot(reader, () => countsOf(hourlyCalls(reader, projectId, [fromMs, untilMs])))
}

/** What happens between two runs. */
type Step =
  | { readonly record: readonly Observation[] }
  | { readonly remove: DeletionSelector }
  | { readonly restart: true }

const DAYS_3 = { fromMs: NOW_MS - 72 * HOUR_MS, untilMs: NOW_MS, invocations: 60 }
const shortOrLong = fc.constantFrom(undefined, 1_000, 0.6 * HOUR_MS, 3 * HOUR_MS, 400 * HOUR_MS)
const observation = fc
  .tuple(observationArbitrary(DAYS_3), shortOrLong, fc.constantFrom(...OUTCOMES))
  .map(([each, elapsed_ms, outcome]): Observation => ({ ...each, elapsed_ms, outcome }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ record: fc.array(observation, { maxLength: 25 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      remove: fc.oneof(
        fc.record({ session_id: fc.constantFrom('session-1', 'session-2') }),
        fc.record({ skill_name: fc.constantFrom('pdf-fill', 'pdf-read', 'deploy') }),
        fc.record({ user_id: fc.constant('u-1') }),
        fc.record({ before_ms: fc.integer({ min: NOW_MS - 72 * HOUR_MS, max: NOW_MS }) }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ restart: true as const }) },
)
const histories = fc.array(fc.tuple(fc.array(step, { maxLength: 3 }), fc.integer({ min: 0, max: 4 })), {
  minLength: 2,
  maxLength: 6,
})

test('after any history, what was followed is what counting all calls gives, and what changed is named', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await using database = await recordedDatabase()
      let hoursBefore = history.reduce((sum, [, gap]) => sum + gap, 0)
      let before: (Run & { readonly counts: readonly HourlyCalls[] }) | undefined
      for (const [steps, gap] of history) {
        hoursBefore -= gap
        for (const each of steps) {
          if ('record' in each) await database.record(each.record)
          else if ('remove' in each) await database.recorder.delete(database.projectId, each.remove)
          else before = undefined
        }
        const run = read(database, hoursBefore, before)
        expect(run.extent).toBe(before ? 'changes' : 'all')
        const counts = [...run.slices.rows()]
        expect(countsOf(counts)).toEqual(countedFromRows(database, run.plan))
        if (before)
          expect(countsOf(counts, run.changedFromMs)).toEqual(countsOf(before.counts, run.changedFromMs))
        before = { ...run, counts }
      }
    }),
    { numRuns: 40 },
  )
})

test('a run after an hour reads the slices of that hour, and names it as changed', async () => {
  await using database = await recordedDatabase(callsOf('pdf-fill', { from: 30, to: 2 }, { calls: 3 }))
  const first = read(database, 1)
  await database.record(callsOf('pdf-fill', { from: 2, to: 1 }, { calls: 3 }))
  const next = read(database, 0, first)
  expect(next.extent).toBe('changes')
  expect(next.changedFromMs).toBe(first.plan.untilMs)
  expect(read(database, 0, next).changedFromMs).toBe(Number.POSITIVE_INFINITY)
})

test('a call that began long before it ended, and was recorded at once, is counted when its hour is read', async () => {
  const call = { skill_name: 'plan', session_id: 'a', outcome: 'completed' as const }
  await using database = await recordedDatabase([
    { ...call, invocation_id: 'long', invoked_at: NOW_MS - 9 * HOUR_MS, elapsed_ms: 7 * HOUR_MS },
    { ...call, invocation_id: 'next', invoked_at: NOW_MS - 5.5 * HOUR_MS, elapsed_ms: 1_000 },
  ])
  const early = read(database, 4)
  expect(countsOf(early.slices.rows())).toHaveLength(1)
  const late = read(database, 0, early)
  expect(late.extent).toBe('changes')
  expect(countsOf(late.slices.rows())).toEqual(countedFromRows(database, late.plan))
  expect([...late.slices.rows()].map(({ follow_counts }) => follow_counts.plan ?? 0)).toContain(1)
})

test('all hours are read a day later, in another epoch, and when the log was pruned past the position', async () => {
  await using database = await recordedDatabase(callsOf('pdf-fill', { from: 30, to: 2 }, { calls: 3 }))
  const { sqlite } = database.writer
  const first = read(database, 24)
  expect(read(database, 1, first).extent).toBe('changes')
  expect(read(database, 0, first).extent).toBe('all')
  await database.record(callsOf('pdf-fill', { from: 2, to: 1 }, { calls: 3 }))
  sqlite.prepare('update stream set oldest_offset = last_offset').run()
  expect(read(database, 1, first).extent).toBe('all')
  const pruned = read(database, 2)
  expect(read(database, 1, pruned).extent).toBe('changes')
  sqlite.prepare("update stream set epoch = 'restored'").run()
  expect(read(database, 1, pruned).extent).toBe('all')
})

test('what the log does not name is found by the read of the next day', async () => {
  await using database = await recordedDatabase(callsOf('pdf-fill', { from: 30, to: 2 }, { calls: 3 }))
  const first = read(database, 24)
  database.writer.sqlite.prepare("update skill_invocation set outcome = 'failed' where row_id = 4").run()
  const followed = read(database, 1, first)
  expect(countsOf(followed.slices.rows())).not.toEqual(countedFromRows(database, followed.plan))
  const whole = read(database, 0, followed)
  expect(countsOf(whole.slices.rows())).toEqual(countedFromRows(database, whole.plan))
  expect(whole.changedFromMs).toBeLessThan(first.plan.untilMs)
})

test('a name that no call has any more is not handed on', async () => {
  await using database = await recordedDatabase(callsOf('secret-plan', { from: 30, to: 2 }, { calls: 3 }))
  const first = read(database, 1)
  expect(Buffer.from(first.memory).includes('secret-plan')).toBe(true)
  await database.recorder.delete(database.projectId, { skill_name: 'secret-plan' })
  expect(Buffer.from(read(database, 1, first).memory).includes('secret-plan')).toBe(false)
})
