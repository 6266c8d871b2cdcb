import { anObservation } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { testApp } from '../support.ts'

type Ingest = Awaited<ReturnType<typeof testApp>>

function create(ingest: Ingest, body: object, key?: string) {
  return ingest.app.inject({ method: 'POST', url: '/v1/keys', headers: bearer(key), payload: body })
}

function bearer(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` }
}

test('a key is shown once, allows its scopes, and allows nothing once revoked', async () => {
  await using ingest = await testApp({ access: { mode: 'loopback' } })
  const created = await create(ingest, { name: 'ci', scopes: ['ingest'] })
  expect(created.statusCode).toBe(201)
  expect(created.headers['cache-control']).toBe('no-store')
  const { api_key, api_key_id } = created.json()
  expect(api_key).toMatch(/^sw_/)
  expect(ingest.writer.sqlite.serialize().includes(api_key)).toBe(false)
  const list = await ingest.app.inject('/v1/keys')
  expect(list.json()).toMatchObject({
    items: [{ api_key_id, name: 'ci', project: 'default', scopes: ['ingest'] }],
  })
  expect(list.body).not.toContain(api_key)

  expect((await ingest.post(anObservation(), bearer(api_key))).statusCode).toBe(200)
  expect((await ingest.app.inject({ url: '/v1/keys', headers: bearer(api_key) })).statusCode).toBe(403)
  const revoked = await ingest.app.inject({ method: 'DELETE', url: `/v1/keys/${api_key_id}` })
  expect(revoked.json()).toMatchObject({ api_key_id, revoked_at: expect.any(String) })
  const refused = await ingest.post(anObservation(), bearer(api_key))
  expect(refused.statusCode).toBe(401)
  expect(refused.json()).toMatchObject({ type: '/problems/unauthorized' })
})

test('keys of two projects record into their own projects', async () => {
  await using ingest = await testApp()
  const { api_key } = (await create(ingest, { name: 'team', scopes: ['ingest'], project: 'team' })).json()
  const observation = anObservation({ invocation_id: 'same' })
  expect((await ingest.post(observation)).json()).toMatchObject({ accepted: 1 })
  expect((await ingest.post(observation, bearer(api_key))).json()).toMatchObject({ accepted: 1 })
  const position = await ingest.app.inject({ url: '/v1/stream', headers: bearer(api_key) })
  const ours = await ingest.app.inject('/v1/stream')
  expect([position.json().offset, ours.json().offset]).toEqual([1, 1])
  expect(position.json().epoch).not.toBe(ours.json().epoch)
})

test('requests without a key may administer until there is an admin key', async () => {
  await using ingest = await testApp()
  const { api_key } = (await create(ingest, { name: 'boss', scopes: ['admin'] })).json()
  expect((await create(ingest, { name: 'intruder', scopes: ['admin'] })).statusCode).toBe(401)
  expect((await create(ingest, { name: 'ci', scopes: ['ingest'] }, api_key)).statusCode).toBe(201)
  expect((await ingest.post(anObservation())).statusCode).toBe(200)
})

test('an admin key of another project administers that project only', async () => {
  await using ingest = await testApp()
  const boss = (await create(ingest, { name: 'boss', scopes: ['admin'] })).json()
  const team = (
    await create(ingest, { name: 'team', scopes: ['admin'], project: 'team' }, boss.api_key)
  ).json()
  expect(
    (await create(ingest, { name: 'x', scopes: ['admin'], project: 'default' }, team.api_key)).statusCode,
  ).toBe(403)
  expect((await create(ingest, { name: 'x', scopes: ['read'] }, team.api_key)).json()).toMatchObject({
    project: 'team',
  })
  const list = await ingest.app.inject({ url: '/v1/keys', headers: bearer(team.api_key) })
  expect(list.json().items.map((key: { project: string }) => key.project)).toEqual(['team', 'team'])
  const headers = bearer(team.api_key)
  const revoke = await ingest.app.inject({ method: 'DELETE', url: `/v1/keys/${boss.api_key_id}`, headers })
  expect(revoke.statusCode).toBe(404)
})

test.each([
  [{}, '/name'],
  [{ name: 'x', scopes: [] }, '/scopes'],
  [{ name: 'x', scopes: ['root'] }, '/scopes/0'],
  [{ name: 'x', scopes: ['read'], secret: 'mine' }, '/secret'],
])('%j does not make a key', async (body, pointer) => {
  await using ingest = await testApp()
  const reply = await create(ingest, body)
  expect(reply.statusCode).toBe(422)
  expect(reply.json().errors).toContainEqual({ pointer, reason: expect.any(String) })
})

test('with anonymous access denied every data route requires a key', async () => {
  await using first = await testApp()
  const { api_key } = (await create(first, { name: 'ci', scopes: ['ingest'] })).json()
  await first.app.close()
  await first.recorder.close()
  first.writer.close()
  await using ingest = await testApp({ databasePath: first.path, access: { mode: 'deny' }, host: '0.0.0.0' })
  for (const [method, url] of [
    ['POST', '/v1/invocations'],
    ['GET', '/v1/stream'],
    ['GET', '/v1/keys'],
  ] as const) {
    expect((await ingest.app.inject({ method, url })).statusCode, url).toBe(401)
  }
  expect((await ingest.post(anObservation(), bearer(api_key))).statusCode).toBe(200)
  for (const url of ['/health/live', '/health/ready', '/metrics', '/docs', '/openapi.json']) {
    expect((await ingest.app.inject(url)).statusCode, url).toBe(200)
  }
})

test('without keys the service refuses to be built for an address that others can reach', async () => {
  await expect(testApp({ host: '0.0.0.0' })).rejects.toThrow(
    /will not listen on 0\.0\.0\.0 without API keys/,
  )
})
