import { createApiKey, createProject, revokeApiKey } from '@skillwatch/db'
import { CLOSE_CODES } from '@skillwatch/schema'
import { NOW_MS, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { closedWith, connectStream, openStream } from '../support/stream-client.ts'

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

function readKey({ writer }: TestGateway, project?: string) {
  return createApiKey(writer, { name: 'reader', scopes: ['read'], ...(project && { project }) }, NOW_MS)
}

/** Where keys are required, one must exist before the gateway starts (R13). */
function startClosed(config = {}) {
  const prepare = (writer: TestGateway['writer']) =>
    createApiKey(writer, { name: 'first', scopes: ['admin'] }, NOW_MS)
  return startGateway({ access: { mode: 'deny' }, config, prepare })
}

test('where a key is required, the handshake may carry it', async () => {
  await using gateway = await startClosed()
  using client = await openStream(gateway.url, bearer(readKey(gateway).api_key))
  expect(client.messages[0]).toMatchObject({ type: 'hello' })
})

test('where a key is required, the first message may carry it; nothing is sent before', async () => {
  await using gateway = await startClosed()
  using client = connectStream(gateway.url)
  await until(() => client.socket.readyState === client.socket.OPEN)
  expect(client.messages).toEqual([])
  client.send({ type: 'auth', api_key: readKey(gateway).api_key })
  await client.first('hello')
})

test.each([
  ['a wrong key in the handshake', bearer('sw_x_y'), undefined],
  ['something else than a key in the handshake', { headers: { authorization: 'Basic YTpi' } }, undefined],
  ['a wrong key in the first message', {}, { type: 'auth', api_key: 'sw_x_y' } as const],
  ['a first message that is not the key', {}, { type: 'ping' } as const],
])('%s closes the connection with 4501', async (_what, options, message) => {
  await using gateway = await startClosed()
  using client = connectStream(gateway.url, options)
  if (message) {
    await until(() => client.socket.readyState === client.socket.OPEN)
    client.send(message)
  }
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.unauthorized.code)
  expect(client.messages).toEqual([])
})

test('a key that may only write closes the connection with 4501', async () => {
  await using gateway = await startClosed()
  const key = createApiKey(gateway.writer, { name: 'writer', scopes: ['ingest'] }, NOW_MS)
  using client = connectStream(gateway.url, bearer(key.api_key))
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.unauthorized.code)
})

test('a client that must send a key and sends nothing is closed with 4501', async () => {
  await using gateway = await startClosed({ authTimeoutMs: 20 })
  using client = connectStream(gateway.url)
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.unauthorized.code)
})

test('a wrong key is refused also where none is needed', async () => {
  await using gateway = await startGateway()
  using client = connectStream(gateway.url, bearer('sw_x_y'))
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.unauthorized.code)
})

test('revoking a key closes the connections it opened, and no others', async () => {
  await using gateway = await startClosed({ keyRecheckMs: 20 })
  const [gone, kept] = [readKey(gateway), readKey(gateway)]
  using first = await openStream(gateway.url, bearer(gone.api_key))
  using second = await openStream(gateway.url, bearer(kept.api_key))
  revokeApiKey(gateway.writer, gone.api_key_id, NOW_MS)
  expect((await closedWith(first)).code).toBe(CLOSE_CODES.unauthorized.code)
  second.send({ type: 'ping' })
  await second.first('pong')
})

test('a key shows its own project and nothing of another', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}, {}])
  using client = await openStream(gateway.url, bearer(readKey(gateway, 'other').api_key))
  expect(client.messages[0]).toMatchObject({ type: 'hello', offset: 0 })
  client.send({ type: 'subscribe', id: 'a', from: 'start' })
  expect(await client.first('caught_up')).toMatchObject({ offset: 0 })
})

test('without a key the address may name an open project; a key opens its own, whatever is named', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}, {}])
  createProject(gateway.writer, 'Büro 8', NOW_MS)
  const address = `${gateway.url}/any/path?project=B%C3%BCro%208`
  using open = await openStream(address)
  expect(open.messages[0]).toMatchObject({ type: 'hello', project: 'Büro 8', offset: 0 })
  using withKey = await openStream(address, bearer(readKey(gateway, 'other').api_key))
  expect(withKey.messages[0]).toMatchObject({ type: 'hello', project: 'other' })
  readKey(gateway, 'Büro 8')
  using closed = await openStream(address)
  expect(closed.messages[0]).toMatchObject({ type: 'hello', project: 'default' })
})

test('a client that was greeted without a key may still send one before it subscribes', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}, {}])
  using client = await openStream(gateway.url)
  client.send({ type: 'auth', api_key: readKey(gateway, 'other').api_key })
  await until(() => client.all('hello').length === 2)
  expect(client.all('hello')).toMatchObject([
    { offset: 2, project: 'default' },
    { offset: 0, project: 'other' },
  ])
  client.send({ type: 'auth', api_key: 'sw_x_y' })
  expect(await client.first('error')).toMatchObject({ code: 'invalid_message' })
})

test('a page of another origin is refused before the handshake', async () => {
  await using gateway = await startGateway()
  using client = connectStream(gateway.url, { headers: { origin: 'https://evil.example' } })
  await closedWith(client)
  expect(client.messages).toEqual([])
  expect(await gateway.metric('skillwatch_ws_handshakes_refused_total{reason="http_403"}')).toBe(1)
})
