import type { ParsedObservation } from '@skillwatch/schema'
import { fixedClock } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecorder, liveSeries, recount } from '../../src/index.ts'
import { arrangementsOf } from '../arrangements.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed, recordGroups, rowsOf } from '../database.ts'

const START_MS = NOW_MS - 60_000
const call = { invocation_id: 'a', skill_name: 'deploy', session_id: 's', invoked_at: START_MS } as const

function sessionEnd(ended_at_ms: number, session_id = 's'): ParsedObservation {
  return {
    invocation_id: `end-${session_id}-${ended_at_ms}`,
    witness: 'hook',
    session_end: true,
    fields: { session_id, ended_at_ms },
  }
}

test('the end of a session abandons its running calls, and a result that arrives later wins', async () => {
  using database = openTestDatabase()
  await recordGroups(database.writer, [parsed({ ...call, witness: 'hook', outcome: 'running' })])
  await recordGroups(database.writer, [sessionEnd(START_MS + 5)])
  expect(rowsOf(database.writer)).toMatchObject([{ outcome: 'abandoned', ended_at_ms: START_MS + 5 }])
  await recordGroups(database.writer, [
    parsed({ ...call, witness: 'transcript', outcome: 'completed', ended_at: START_MS + 9 }),
  ])
  expect(rowsOf(database.writer)).toMatchObject([{ outcome: 'completed', ended_at_ms: START_MS + 9 }])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('a call that began after the end of its session, when that was resumed, still runs', async () => {
  using database = openTestDatabase()
  await recordGroups(database.writer, [sessionEnd(START_MS - 1), parsed({ ...call, outcome: 'running' })], 1)
  expect(rowsOf(database.writer)).toMatchObject([{ outcome: 'running', ended_at_ms: null }])
})

const reported = fc.oneof(
  fc
    .record({
      invocation_id: fc.constantFrom('a', 'b', 'c'),
      witness: fc.constantFrom('hook' as const, 'transcript' as const),
      outcome: fc.constantFrom('running' as const, 'completed' as const, 'abandoned' as const),
      session_id: fc.constantFrom('s', 't'),
      invoked_at: fc.integer({ min: 0, max: 9 }).map((seconds) => START_MS + seconds * 1_000),
    })
    .map((each) => parsed({ ...each, skill_name: 'deploy' })),
  fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('s', 't'))
    .map(([seconds, session]) => sessionEnd(START_MS + seconds * 1_000, session)),
)

test('any order, repetition and grouping of calls and session ends gives the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      arrangementsOf(fc.array(reported, { minLength: 1, maxLength: 12 })),
      async ([straight, mixed, size]) => {
        using one = openTestDatabase()
        using two = openTestDatabase()
        await recordGroups(one.writer, straight)
        await recordGroups(two.writer, mixed, size)
        expect(rowsOf(two.writer).map(withoutLive)).toEqual(rowsOf(one.writer).map(withoutLive))
        expect(recount(two.writer, NOW_MS)).toEqual([])
      },
    ),
    { numRuns: 200 },
  )
})

test('a deletion of a user finds the calls without a user in the sessions of that user', async () => {
  using database = openTestDatabase()
  const other = { ...call, session_id: 'other', skill_name: 'kept' }
  await recordGroups(database.writer, [
    parsed({ ...call, witness: 'otel_log', user_id: 'ada' }),
    parsed({ ...call, invocation_id: 'hook-only', witness: 'hook' }),
    parsed({ ...call, invocation_id: 'of-bob', user_id: 'bob' }),
    parsed({ ...other, invocation_id: 'elsewhere', witness: 'hook' }),
  ])
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  expect(await recorder.delete(PROJECT, { user_id: 'ada' })).toMatchObject({ invocations: 2 })
  expect(rowsOf(database.writer).map((row) => row.invocation_id)).toEqual(['elsewhere', 'of-bob'])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('a deletion deletes what was queued before it, also what could have waited', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  const patient = recorder.record(PROJECT, [parsed(call)], { waitMsMax: 60_000 })
  expect(await recorder.delete(PROJECT, { session_id: 's' })).toMatchObject({ invocations: 1 })
  expect(await patient).toEqual(['accepted'])
  expect(rowsOf(database.writer)).toEqual([])
})

test('a deleted skill takes its name out of the series of calls that have another name by now', async () => {
  using database = openTestDatabase()
  const live = { ...call, invoked_at: NOW_MS, ended_at: NOW_MS, outcome: 'completed' } as const
  // Counted under the name that a log event reports, and renamed by a hook, which is believed before it.
  await recordGroups(
    database.writer,
    [
      parsed({ ...live, witness: 'otel_log', skill_name: 'former' }),
      parsed({ ...live, witness: 'hook', skill_name: 'present' }),
      parsed({ ...live, invocation_id: 'b', witness: 'hook', skill_name: 'former' }),
    ],
    1,
  )
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  expect(await recorder.delete(PROJECT, { skill_name: 'former' })).toMatchObject({ invocations: 1 })
  expect(liveSeries(database.writer, PROJECT)).toEqual([])
  await recordGroups(database.writer, [parsed({ ...live, invocation_id: 'c', skill_name: 'new' })])
  const ids = database.writer.sqlite.prepare('select series_id from skill_live_series').pluck().all()
  expect(new Set(ids).size).toBe(ids.length)
  expect(liveSeries(database.writer, PROJECT)).toMatchObject([{ skill_name: 'new', invocation_count: 1 }])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

test('an uncorrelated observation that was exported and imported again belongs to its own row', async () => {
  const activated = {
    ...parsed({ ...call, invocation_id: 'o', witness: 'otel_log', kind: 'skill' }),
    uncorrelated: true as const,
  }
  const imported = parsed({ ...call, invocation_id: 'o', witness: 'import', kind: 'skill', rating: 4 })
  for (const order of [
    [activated, imported],
    [imported, activated],
  ]) {
    using database = openTestDatabase()
    await recordGroups(database.writer, order, 1)
    expect(rowsOf(database.writer)).toMatchObject([
      { invocation_id: 'o', witnesses: 'otel_log,import', rating: 4 },
    ])
    expect(recount(database.writer, NOW_MS)).toEqual([])
  }
})

/** What Prometheus counts depends on when things were known. */
function withoutLive({ live_series_id: _, live_execution_ms: __, ...row }: Record<string, unknown>) {
  return row
}
