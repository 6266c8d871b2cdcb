import { anObservation, fixedClock } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createRecorder, getSession } from '../../src/index.ts'
import { Deletion } from '../../src/sqlite/recording/deletion.ts'
import { SqliteRecordingStorage } from '../../src/sqlite/recording/storage.ts'
import { NOW_MS, openTestDatabase, PROJECT, parsed } from '../database.ts'

const request = { session_id: 's', user_id: 'u', model: 'a-model', requested_at_ms: NOW_MS }

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

test.each([{ session_id: 's' }, { user_id: 'u' }, { before_ms: NOW_MS + 1 }])(
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
