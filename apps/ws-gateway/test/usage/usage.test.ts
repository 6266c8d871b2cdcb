import type { ApiRequest, UsageReply } from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const HOUR_MS = 3_600_000
const opus = {
  model: 'claude-opus-4-1-20250805',
  agent_name: 'claude-code',
  repository: 'web',
  branch: 'main',
}

function request(request_id: string, fields: Partial<ApiRequest> = {}): ApiRequest {
  return { request_id, session_id: 's', requested_at_ms: NOW_MS - HOUR_MS, ...fields }
}

async function get({ port }: TestGateway, query: string): Promise<UsageReply> {
  const reply = await fetch(`http://127.0.0.1:${port}/v1/usage?${query}`)
  expect(reply.status).toBe(200)
  return (await reply.json()) as UsageReply
}

test('tokens and money are summed by any groups, with the source of the money', async () => {
  await using gateway = await startGateway()
  await gateway.recorder.recordApiRequests(1, [
    // 1,000 x 15 + 2,000 x 75 + 10,000 x 1.5 + 4,000 x 18.75 dollars per million tokens: 0.255 dollars.
    request('estimated', {
      ...opus,
      input_tokens: 1_000,
      output_tokens: 2_000,
      cache_read_tokens: 10_000,
      cache_creation_tokens: 4_000,
    }),
    request('reported', { ...opus, output_tokens: 10, cost_usd: 0.5 }),
    request('unpriced', { model: 'a-model-without-a-price', output_tokens: 7, session_id: 't' }),
    request('before', { ...opus, requested_at_ms: NOW_MS - 31 * 24 * HOUR_MS }),
  ])
  const { items, totals, since } = await get(gateway, 'by=model,repository')
  expect(since).toBe(new Date(NOW_MS - 30 * 24 * HOUR_MS).toISOString())
  expect(items).toEqual([
    {
      model: 'a-model-without-a-price',
      repository: null,
      calls: 0,
      failed_calls: 0,
      responses: 1,
      input_tokens: 0,
      output_tokens: 7,
      cache_read_tokens: 0,
      cache_creation_tokens: 0,
      cost_usd: null,
      cost_source: 'none',
      unpriced_responses: 1,
    },
    {
      model: 'claude-opus-4-1-20250805',
      repository: 'web',
      calls: 0,
      failed_calls: 0,
      responses: 2,
      input_tokens: 1_000,
      output_tokens: 2_010,
      cache_read_tokens: 10_000,
      cache_creation_tokens: 4_000,
      cost_usd: 0.755,
      cost_source: 'mixed',
      unpriced_responses: 0,
    },
  ])
  expect(totals).toMatchObject({
    responses: 3,
    output_tokens: 2_017,
    cost_usd: 0.755,
    unpriced_responses: 1,
  })
})

test('a response has the price of its own day, also in a sum over days with several prices', async () => {
  await using gateway = await startGateway()
  // 1,000 x 25 dollars per million tokens from 2026-02-05 on, and no price before.
  const at = (day: string) => ({ requested_at_ms: Date.parse(`${day}T12:00:00Z`), output_tokens: 1_000 })
  const model = 'claude-opus-4-6'
  await gateway.recorder.recordApiRequests(1, [
    request('before', { model, ...at('2026-02-04') }),
    request('first', { model, ...at('2026-02-05') }),
    request('later', { model, ...at('2026-03-05') }),
  ])
  const expected = { responses: 3, cost_usd: 0.05, unpriced_responses: 1 }
  for (const by of ['model', 'skill', 'day,model'])
    expect((await get(gateway, `by=${by}&since=2026-01-01T00:00:00Z`)).totals).toMatchObject(expected)
})

test('one session, and one model of all sessions, are found by parameter', async () => {
  await using gateway = await startGateway()
  await gateway.recorder.recordApiRequests(1, [
    request('a', { ...opus, output_tokens: 1 }),
    request('b', { ...opus, output_tokens: 2, session_id: 't' }),
    request('c', { model: 'other', output_tokens: 4, session_id: 't' }),
  ])
  const { items } = await get(gateway, 'by=session&session=t')
  expect(items).toMatchObject([{ session: 't', responses: 2, output_tokens: 6 }])
  expect((await get(gateway, `by=session&model=${opus.model}`)).totals).toMatchObject({ output_tokens: 3 })
})

test('days are those of the time zone', async () => {
  await using gateway = await startGateway()
  const requested_at_ms = Date.parse('2026-11-20T23:30:00Z')
  await gateway.recorder.recordApiRequests(1, [request('a', { requested_at_ms })])
  expect((await get(gateway, 'time_zone=Europe/Berlin')).items).toMatchObject([{ day: '2026-11-21' }])
  expect((await get(gateway, 'by=week')).items).toMatchObject([{ week: '2026-11-16' }])
})

test.each([
  ['by=moon', '/by'],
  ['time_zone=Mars', '/time_zone'],
  ['since=yesterday', '/since'],
])('%s is refused with the name of the parameter', async (query, pointer) => {
  await using gateway = await startGateway()
  const reply = await fetch(`http://127.0.0.1:${gateway.port}/v1/usage?${query}`)
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({ errors: [{ pointer }] })
})
