import { usageHours } from '@skillwatch/db'
import { expect, test } from 'vitest'
import { NOW_MS, testApp } from '../support.ts'

const request = {
  request_id: 'req_1',
  session_id: 's',
  model: 'claude-opus-4-6',
  requested_at: '2026-11-22T11:30:00Z',
}

function post({ app }: Awaited<ReturnType<typeof testApp>>, payload: unknown) {
  return app.inject({ method: 'POST', url: '/v1/api-requests', payload: payload as object })
}

test('a request is stored once, and a later report with larger counts replaces the smaller ones', async () => {
  await using service = await testApp()
  const first = await post(service, { ...request, output_tokens: 3, input_tokens: 9 })
  expect(first.json()).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
  const more = await post(service, [
    { ...request, output_tokens: 40, cost_usd: 0.25 },
    { ...request, output_tokens: 3 },
  ])
  expect(more.json()).toEqual({ accepted: 1, duplicates: 1, rejected: [] })
  expect(
    usageHours(service.writer, 1, { until_ms: NOW_MS }, { by: ['session_id'], splitAt: 'hour' }),
  ).toMatchObject([
    { session_id: 's', request_count: 1, input_tokens: 9, output_tokens: 40, cost_micro_usd: 250_000 },
  ])
  expect(service.differences()).toEqual([])
})

test('bad items are named with index, pointer and reason, and the others are stored', async () => {
  await using service = await testApp()
  const reply = await post(service, [
    request,
    { ...request, request_id: 'req_2', output_tokens: -1 },
    { ...request, request_id: 'req_3', requested_at: 'yesterday' },
    { ...request, request_id: 'req_4', prompt: 'text' },
  ])
  expect(reply.json()).toMatchObject({
    accepted: 1,
    rejected: [
      { index: 1, pointer: '/output_tokens' },
      { index: 2, pointer: '/requested_at' },
      { index: 3, pointer: '/prompt', reason: expect.stringContaining('is not a known field') },
    ],
  })
})

test('a body in which nothing is acceptable is answered with 422', async () => {
  await using service = await testApp()
  const reply = await post(service, [{ request_id: 'req_1' }])
  expect(reply.statusCode).toBe(422)
  expect(reply.json()).toMatchObject({ errors: [{ index: 0, pointer: '/session_id' }] })
})

test('a project that stores no places keeps requests without folder and branch', async () => {
  await using service = await testApp()
  const places = { repository: 'web', branch: 'main' }
  const change = { store_places: false }
  const changed = await service.app.inject({ method: 'PATCH', url: '/v1/projects/default', payload: change })
  expect(changed.json()).toMatchObject({ store_places: false, store_text: [] })
  await post(service, { ...request, ...places })
  expect(
    usageHours(service.writer, 1, { until_ms: NOW_MS }, { by: ['repository', 'branch'], splitAt: 'hour' }),
  ).toMatchObject([{ repository: '', branch: '', request_count: 1 }])
})
