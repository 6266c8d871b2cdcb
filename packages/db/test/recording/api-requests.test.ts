import type { ApiRequest } from '@skillwatch/schema'
import { anObservation, fixedClock } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecorder, getSession, recount, usageHours } from '../../src/index.ts'
import { createRecordApiRequests } from '../../src/sqlite/recording/api-requests.ts'
import { Deletion } from '../../src/sqlite/recording/deletion.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { arrangementsOf } from '../arrangements.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'

const agent_name = 'codex'
const request = { session_id: 's', user_id: 'u', agent_name, model: 'a-model', requested_at_ms: NOW_MS }

test('model requests of a session are summed once each, and cost that nobody reported stays empty', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  await recorder.record(PROJECT, [
    parsed(anObservation({ session_id: 's' })),
    parsed(anObservation({ session_id: 'other' })),
  ])
  const requests = [
    { ...request, request_id: 'r1', input_tokens: 100, output_tokens: 5, cost_usd: 0.25 },
    { ...request, request_id: 'r2', input_tokens: 50, cache_read_tokens: 1_000 },
  ]
  await recorder.recordApiRequests(PROJECT, requests)
  await recorder.recordApiRequests(PROJECT, [...requests, ...requests])
  expect(getSession(database.writer, PROJECT, 's')?.api_usage).toEqual({
    request_count: 2,
    input_tokens: 150,
    output_tokens: 5,
    cache_read_tokens: 1_000,
    cache_creation_tokens: 0,
    cost_usd: 0.25,
  })
  expect(getSession(database.writer, PROJECT, 'other')?.api_usage).toMatchObject({
    request_count: 0,
    cost_usd: null,
  })
})

test.each([{ session_id: 's' }, { user_id: 'u' }, { agent_name: 'codex' }, { before_ms: NOW_MS + 1 }])(
  'requests are deleted with %j, in bounded steps, and the receipt counts them',
  async (selector) => {
    using database = openTestDatabase()
    await using recorder = createRecorder(database.writer, {
      queueItemsMax: 10,
      now: fixedClock,
      groupRowsMax: 3,
    })
    const other = { request_id: 'kept', session_id: 't', requested_at_ms: NOW_MS + 2 }
    const requests = Array.from({ length: 7 }, (_, index) => ({ ...request, request_id: `r${index}` }))
    await recorder.recordApiRequests(PROJECT, [...requests, other])
    const storage = new SqliteRecordingStorage(database.writer)
    const step = new Deletion(database.writer, storage).step(PROJECT, selector, 3, NOW_MS)
    expect(step).toMatchObject({ api_requests: 3, isLast: false })
    expect(await recorder.delete(PROJECT, selector)).toMatchObject({
      invocations: 0,
      api_requests: 4,
      first_offset: null,
    })
    const ids = () => database.writer.sqlite.prepare('select request_id from api_request').pluck().all()
    expect(ids()).toEqual(['kept'])
  },
)

test('a skill has no requests of its own: they stay with their session', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  await recorder.record(PROJECT, [parsed(anObservation({ session_id: 's', skill_name: 'pdf-fill' }))])
  await recorder.recordApiRequests(PROJECT, [{ ...request, request_id: 'r1' }])
  expect(await recorder.delete(PROJECT, { skill_name: 'pdf-fill' })).toMatchObject({
    invocations: 1,
    api_requests: 0,
  })
  expect(getSession(database.writer, PROJECT, 's')).toBeUndefined()
  expect(await recorder.delete(PROJECT, { session_id: 's' })).toMatchObject({
    invocations: 0,
    api_requests: 1,
  })
})

const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const tokens = optional([0, 7, 1_000, 123_456])
const reported: fc.Arbitrary<ApiRequest> = fc.record(
  {
    request_id: fc.constantFrom('r1', 'r2', 'r3'),
    session_id: fc.constantFrom('s', 't'),
    user_id: optional(['u', 'v']),
    model: optional(['claude-opus-4-6', 'other']),
    agent_name: optional(['claude-code']),
    repository: optional(['web', 'api']),
    branch: optional(['main']),
    requested_at_ms: fc.constantFrom(NOW_MS, NOW_MS - 1, NOW_MS - 4_000_000),
    duration_ms: optional([12.5]),
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_tokens: tokens,
    cache_creation_tokens: tokens,
    cost_usd: optional([0, 0.1, 0.25]),
  },
  { requiredKeys: ['request_id', 'session_id', 'requested_at_ms'] },
)

test('any order, repetition and grouping of requests gives the same requests, and roll-ups that recount', () => {
  fc.assert(
    fc.property(
      arrangementsOf(fc.array(reported, { minLength: 1, maxLength: 10 })),
      ([all, mixed, size]) => {
        using one = openTestDatabase()
        using two = openTestDatabase()
        recordInGroups(one.writer, all, all.length)
        recordInGroups(two.writer, mixed, size)
        const rows = (database: typeof one) =>
          database.writer.sqlite
            .prepare<[], Record<string, unknown>>('select * from api_request order by request_id')
            .all()
            // Each database hashes users with a key of its own.
            .map(({ user_hash, ...row }) => row)
        expect(rows(two)).toEqual(rows(one))
        expect(usageHours(two.writer, PROJECT, WINDOW, { by: LABELS, splitAt: 'hour' })).toEqual(
          usageHours(one.writer, PROJECT, WINDOW, { by: LABELS, splitAt: 'hour' }),
        )
        expect(recount(two.writer, NOW_MS)).toEqual([])
      },
    ),
    { numRuns: 200 },
  )
})

test('a deletion takes requests out of their roll-ups', async () => {
  using database = openTestDatabase()
  await using recorder = createRecorder(database.writer, { queueItemsMax: 10, now: fixedClock })
  await recorder.recordApiRequests(PROJECT, [
    { ...request, request_id: 'r1', output_tokens: 5 },
    { ...request, request_id: 'r2', session_id: 't', output_tokens: 7, cost_usd: 0.5 },
  ])
  await recorder.delete(PROJECT, { session_id: 's' })
  expect(
    usageHours(database.writer, PROJECT, WINDOW, { by: ['session_id'], splitAt: 'hour' }),
  ).toMatchObject([
    {
      session_id: 't',
      request_count: 1,
      output_tokens: 7,
      cost_source: 'reported',
      cost_micro_usd: 500_000,
    },
  ])
  expect(recount(database.writer, NOW_MS)).toEqual([])
})

const WINDOW = { until_ms: NOW_MS + 3_600_000 }
const LABELS = ['agent_name', 'repository', 'branch', 'session_id'] as const

function recordInGroups(
  writer: ReturnType<typeof openTestDatabase>['writer'],
  requests: readonly ApiRequest[],
  size: number,
): void {
  const record = createRecordApiRequests(writer, new SqliteRecordingStorage(writer))
  for (let index = 0; index < requests.length; index += size)
    record(PROJECT, requests.slice(index, index + size), NOW_MS)
}
