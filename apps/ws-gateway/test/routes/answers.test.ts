import { get } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { VERSION } from '@skillwatch/service'
import { NOW_MS } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** The answer as it was sent: `fetch` would decompress it. */
async function rawGet({ port }: TestGateway, path: string, headers: Record<string, string> = {}) {
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, resolve).on('error', reject)
  })
  return { headers: response.headers, body: await buffer(response) }
}

test('the root of the service shows what it is and where its documentation is', async () => {
  await using gateway = await startGateway()
  const { body } = await rawGet(gateway, '/')
  expect(JSON.parse(body.toString())).toMatchObject({ name: 'Skillwatch reads', documentation: '/docs' })
})

test('answers are not kept in caches, and large ones are compressed for those who accept gzip', async () => {
  await using gateway = await startGateway()
  await gateway.record(Array.from({ length: 20 }, (_, index) => ({ skill_name: `skill-${index}` })))
  const plain = await rawGet(gateway, '/v1/skills')
  expect(plain.headers).toMatchObject({ 'cache-control': 'no-store', 'skillwatch-version': VERSION })
  expect(plain.headers['content-encoding']).toBeUndefined()
  const compressed = await rawGet(gateway, '/v1/skills', { 'accept-encoding': 'gzip' })
  expect(compressed.headers).toMatchObject({ 'cache-control': 'no-store', 'content-encoding': 'gzip' })
  expect(gunzipSync(compressed.body)).toEqual(plain.body)
})

test('a window may be given as an age', async () => {
  await using gateway = await startGateway()
  const at = (hours: number) => new Date(NOW_MS - hours * 3_600_000).toISOString()
  await gateway.record([
    { invocation_id: 'old', invoked_at: at(49) },
    { invocation_id: 'yesterday', invoked_at: at(25) },
    { invocation_id: 'today', invoked_at: at(1) },
  ])
  const { body } = await rawGet(gateway, '/v1/invocations?since=2d&until=1d')
  const { items } = JSON.parse(body.toString()) as { items: { invocation_id: string }[] }
  expect(items.map(({ invocation_id }) => invocation_id)).toEqual(['yesterday'])
})
