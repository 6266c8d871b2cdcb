import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  await gateway.record([{ session_id: 'session-1' }])
})
afterAll(() => gateway.close())

test.each([
  ['/v1/skills?limit=0', '/limit'],
  ['/v1/skills?limit=1001', '/limit'],
  ['/v1/skills?limit=ten', '/limit'],
  ['/v1/skills?kind=banana', '/kind'],
  ['/v1/skills?kind=skill&kind=tool', '/kind'],
  ['/v1/skills?order_by=name', '/order_by'],
  ['/v1/skills?oder_by=name', '/oder_by'],
  ['/v1/skills?cursor=', '/cursor'],
  ['/v1/skills?cursor=banana', '/cursor'],
  ['/v1/skills/pdf-fill?kind=banana', '/kind'],
  ['/v1/sessions?cursor=WyJvdGhlciIsMV0', '/cursor'],
  ['/v1/sessions?prefix=', '/prefix'],
  [`/v1/sessions?prefix=${'x'.repeat(201)}`, '/prefix'],
  ['/v1/sessions?prefix=a&prefix=b', '/prefix'],
  ['/v1/sessions/session-1/invocations?cursor=%F0%9F%92%A5', '/cursor'],
  ['/v1/invocations?outcome=great', '/outcome'],
  ['/v1/invocations?order=up', '/order'],
  ['/v1/invocations?skill_name=', '/skill_name'],
  [`/v1/invocations?session_id=${'x'.repeat(201)}`, '/session_id'],
  ['/v1/invocations?since=yesterday', '/since'],
  ['/v1/invocations?since=2026-02-30T00:00:00Z', '/since'],
  ['/v1/invocations?until=1700000000', '/until'],
  ['/v1/invocations?until=1e400', '/until'],
  ['/v1/time-series?since=-1', '/since'],
  ['/v1/time-series?since=2026-11-22', '/since'],
  ['/v1/stream?offset=1', '/offset'],
])('%s is answered by a problem that names %s', async (path, pointer) => {
  const { status, type, body } = await get(gateway, path)
  expect([status, type]).toEqual([400, expect.stringContaining('application/problem+json')])
  expect(body).toMatchObject({
    type: '/problems/invalid-request',
    errors: [expect.objectContaining({ pointer })],
  })
})

test.each([
  '/v1/skills/unknown',
  '/v1/sessions/unknown',
  '/v1/sessions/unknown/invocations',
  '/v1/invocations/unknown',
])('%s is not found, and the problem says what was looked for', async (path) => {
  const { status, body } = await get(gateway, path)
  expect(status).toBe(404)
  expect(body.detail).toContain('"unknown"')
})

test.each([
  "'; drop table skill_invocation; --",
  '%00',
  '%27%20or%201=1',
  '..%2F..%2Fetc%2Fpasswd',
  '__proto__',
])('the name %s is looked up as data', async (name) => {
  expect((await get(gateway, `/v1/skills/${name}`)).status).toBe(404)
  expect(await get(gateway, `/v1/invocations?skill_name=${name}`)).toMatchObject({
    status: 200,
    body: { items: [] },
  })
})
