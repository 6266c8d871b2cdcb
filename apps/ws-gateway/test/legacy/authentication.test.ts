import { createApiKey, revokeApiKey } from '@skillwatch/db'
import { NOW_MS, steppableClock } from '@skillwatch/testkit'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { startGateway, type TestGatewayOptions } from '../support/gateway.ts'
import { connectLegacy } from './client.ts'

const jwtSecret = 'a secret of this test alone, 32 bytes'
// What is refused here is refused for itself: the time for showing a token is longer than a test may take.
const withSecret: TestGatewayOptions = { config: { jwtSecret, updateMs: 50, authTimeoutMs: 600_000 } }
const failed = { code: 4001, reason: 'Authentication failed' }
const NOW_S = NOW_MS / 1_000

/** A token as session-buddy makes it. */
function token(claims: Record<string, unknown> = {}, secret = jwtSecret, alg = 'HS256'): Promise<string> {
  return new SignJWT({
    user_id: 'u-1',
    permissions: ['session-buddy:read'],
    iat: NOW_S,
    exp: NOW_S + 3_600,
    ...claims,
  })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret))
}

test('the welcome is sent only after a valid token', async () => {
  await using gateway = await startGateway(withSecret)
  const good = await token()
  using client = connectLegacy(gateway.url)
  client.socket.once('open', () => client.send({ token: good }))
  expect(await client.recv()).toMatchObject({ type: 'connected', authenticated: true })
  expect(await client.recv()).toMatchObject({ type: 'metrics_update' })
})

test('a request sent right behind the token is answered after the welcome', async () => {
  await using gateway = await startGateway(withSecret)
  const good = await token({ permissions: undefined })
  using client = connectLegacy(gateway.url)
  client.socket.once('open', () => {
    client.send({ token: good })
    client.send({ type: 'ping' })
  })
  expect([(await client.recv()).type, (await client.recv()).type]).toEqual(['connected', 'pong'])
})

const unsigned = () =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"user_id":"u"}').toString('base64url')}.`

test.each([
  [
    'a token signed with another secret',
    async () => ({ token: await token({}, 'some other secret, also long enough') }),
  ],
  ['an expired token', async () => ({ token: await token({ exp: NOW_S - 1 }) })],
  ['a token without the permission', async () => ({ token: await token({ permissions: ['other:read'] }) })],
  ['a token without any permission', async () => ({ token: await token({ permissions: [] }) })],
  ['a token of another algorithm', async () => ({ token: await token({}, jwtSecret, 'HS512') })],
  ['an unsigned token', async () => ({ token: unsigned() })],
  ['a token that is none', async () => ({ token: 'banana' })],
  ['a token that is no text', async () => ({ token: { type: 'ping' } })],
  ['an unknown API key', async () => ({ token: 'sw_abc_def' })],
  ['a request instead of a token', async () => ({ type: 'ping' })],
  ['no JSON', async () => '{'],
])('%s is refused', async (_, message) => {
  await using gateway = await startGateway(withSecret)
  const first = await message()
  using client = connectLegacy(gateway.url)
  client.socket.once('open', () => client.send(first))
  expect(await client.closed).toEqual(failed)
})

test('a client that shows no token in time is refused', async () => {
  await using gateway = await startGateway({ config: { jwtSecret, authTimeoutMs: 100 } })
  using client = connectLegacy(gateway.url)
  expect(await client.closed).toEqual(failed)
})

test('a token that expires ends the connection', async () => {
  const clock = steppableClock()
  await using gateway = await startGateway({ ...withSecret, now: clock.now })
  const short = await token({ exp: NOW_S + 3 })
  using client = connectLegacy(gateway.url)
  client.socket.once('open', () => client.send({ token: short }))
  expect(await client.recv()).toMatchObject({ type: 'connected' })
  clock.step(3_000)
  expect(await client.closed).toEqual(failed)
})

test('a required key with scope read is a token for its project until it is revoked', async () => {
  await using gateway = await startGateway({
    config: { updateMs: 50, keyRecheckMs: 100 },
    access: { mode: 'deny', hasKeys: () => true },
  })
  await gateway.record([{ skill_name: 'of-default' }])
  const key = { name: 'reader', scopes: ['read' as const], project: 'other' }
  const { api_key, api_key_id } = createApiKey(gateway.writer, key, NOW_MS)
  using client = connectLegacy(gateway.url)
  client.socket.once('open', () => client.send({ token: api_key }))
  expect(await client.recv()).toMatchObject({ type: 'connected', authenticated: true })
  expect((await client.recvType('metrics_update')).data.top_skills).toEqual([])
  revokeApiKey(gateway.writer, api_key_id, NOW_MS)
  expect(await client.closed).toEqual(failed)
})

test('where keys are required, neither a key without scope read nor a token lets in', async () => {
  await using gateway = await startGateway({ access: { mode: 'deny', hasKeys: () => true } })
  const { api_key } = createApiKey(gateway.writer, { name: 'writer', scopes: ['ingest'] }, NOW_MS)
  for (const shown of [api_key, await token({}, ' ')]) {
    using client = connectLegacy(gateway.url)
    client.socket.once('open', () => client.send({ token: shown }))
    expect(await client.closed).toEqual(failed)
  }
})
