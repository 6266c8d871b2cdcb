import { createApiKey } from '@skillwatch/db'
import { formatInstant } from '@skillwatch/schema'
import { aFinding, NOW_MS } from '@skillwatch/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { get } from './read.ts'

const hoursAgo = (hours: number) => formatInstant(NOW_MS - hours * 3_600_000)
const OPEN = aFinding({ finding_id: 'open', opened_at: hoursAgo(3) })
const RESOLVED = aFinding({
  ...{ finding_id: 'resolved', opened_at: hoursAgo(2), resolved_at: hoursAgo(1) },
  ...{ subtype: 'spike', metric: 'volume', skill_name: 'deploy', kind: 'command' },
})
const NEWEST = aFinding({ finding_id: 'newest', opened_at: hoursAgo(1), resolved_at: null })

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  await gateway.record([{ skill_name: 'pdf-fill' }, { skill_name: 'deploy', kind: 'command' }])
  await gateway.report([OPEN, RESOLVED, NEWEST])
})
afterAll(() => gateway.close())

const found = async (query: string) =>
  (await get(gateway, `/v1/findings${query}`)).body.items!.map(({ finding_id }) => finding_id)

test('the open findings are given with all their fields, the newest first', async () => {
  const { status, body } = await get(gateway, '/v1/findings')
  expect(status).toBe(200)
  expect(body).toEqual({ items: [NEWEST, OPEN], next_cursor: null })
})

test.each([
  ['?state=all', ['newest', 'resolved', 'open']],
  ['?state=all&type=anomaly&order=asc', ['open', 'resolved', 'newest']],
  ['?state=resolved', ['resolved']],
  ['?state=all&kind=command', ['resolved']],
  ['?skill_name=deploy', []],
  ['?state=all&skill_name=deploy', ['resolved']],
  ['?state=all&since=2h', ['newest', 'resolved']],
  [`?until=${encodeURIComponent(hoursAgo(1))}`, ['open']],
])('%s selects %j', async (query, ids) => {
  expect(await found(query)).toEqual(ids)
})

test('pages follow each other by their cursor', async () => {
  const first = await get(gateway, '/v1/findings?state=all&limit=2')
  expect(first.body.items!.map(({ finding_id }) => finding_id)).toEqual(['newest', 'resolved'])
  expect(await found(`?state=all&limit=2&cursor=${first.body.next_cursor}`)).toEqual(['open'])
})

test.each([
  ['?state=closed', '/state'],
  ['?type=forecast', '/type'],
  ['?since=yesterday', '/since'],
  ['?cursor=banana', '/cursor'],
  ['?skill=pdf-fill', '/skill'],
])('%s is answered by a problem that names %s', async (query, pointer) => {
  const { status, body } = await get(gateway, `/v1/findings${query}`)
  expect([status, body.errors]).toEqual([400, [expect.objectContaining({ pointer })]])
})

test('a key reads the findings of its own project, and needs scope read', async () => {
  const { writer } = gateway
  const key = (scope: 'read' | 'findings', project: string) =>
    createApiKey(writer, { name: 'test', scopes: [scope], project }, NOW_MS).api_key
  const read = async (api_key: string) => {
    const { status, body } = await get(gateway, '/v1/findings', { authorization: `Bearer ${api_key}` })
    return [status, body.items?.length]
  }
  expect(await read(key('read', 'default'))).toEqual([200, 2])
  expect(await read(key('read', 'other'))).toEqual([200, 0])
  expect(await read(key('findings', 'default'))).toEqual([403, undefined])
})
