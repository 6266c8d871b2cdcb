import { connect } from 'node:net'
import { CLOSE_CODES } from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import {
  closedWith,
  connectStream,
  openStream,
  provenOffsets,
  receivedTo,
} from '../support/stream-client.ts'

const HANDSHAKE =
  'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
  'sec-websocket-version: 13\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: skillwatch.v1.json\r\n\r\n'

test('a filtered subscriber gets what matches, and its ranges still meet', async () => {
  await using gateway = await startGateway()
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'f', filter: { kind: ['mcp', 'tool'], outcome: 'failed' } })
  await client.first('subscribed')
  await gateway.record([{ kind: 'mcp' }, { kind: 'mcp', outcome: 'failed' }, { outcome: 'failed' }])
  await gateway.record([{ kind: 'tool', outcome: 'failed' }, {}])
  await until(() => receivedTo(client.all('changes')) === 5)
  expect(provenOffsets(client.all('changes'), 0)).toEqual([2, 4])
})

test('two subscriptions of one client are independent, until one is ended', async () => {
  await using gateway = await startGateway()
  await gateway.record([{ skill_name: 'a' }, { skill_name: 'b' }])
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'all', from: 'start' })
  client.send({ type: 'subscribe', id: 'b', filter: { skill_name: 'b' } })
  await client.first('caught_up', 'all')
  await gateway.record([{ skill_name: 'b' }])
  await until(() => receivedTo(client.all('changes', 'b')) === 3)
  client.send({ type: 'unsubscribe', id: 'b' })
  await client.first('unsubscribed', 'b')
  await gateway.record([{ skill_name: 'b' }])
  await until(() => receivedTo(client.all('changes', 'all')) === 4)
  expect(provenOffsets(client.all('changes', 'all'), 0)).toEqual([1, 2, 3, 4])
  expect(provenOffsets(client.all('changes', 'b'), 2)).toEqual([3])
})

test.each([
  ['of another epoch', (epoch: string) => ({ epoch: `not-${epoch}`, offset: 1 })],
  ['beyond the end', (epoch: string) => ({ epoch, offset: 4 })],
])(
  'a position %s is not recovered: nothing is replayed and the subscription starts now',
  async (_what, position) => {
    await using gateway = await startGateway()
    await gateway.record([{}, {}, {}])
    using client = await openStream(gateway.url)
    const { epoch } = await client.first('hello')
    client.send({ type: 'subscribe', id: 'r', from: position(epoch) })
    expect(await client.first('subscribed')).toMatchObject({ epoch, offset: 3, recovered: false })
    await gateway.record([{}])
    await until(() => receivedTo(client.all('changes')) === 4)
    expect(provenOffsets(client.all('changes'), 3)).toEqual([4])
  },
)

test('a position that is older than what is kept is not recovered', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}, {}, {}])
  gateway.writer.sqlite.exec(
    'delete from skill_change where "offset" < 3; update stream set oldest_offset = 3',
  )
  using client = await openStream(gateway.url)
  const { epoch } = await client.first('hello')
  client.send({ type: 'subscribe', id: 'old', from: { epoch, offset: 1 } })
  client.send({ type: 'subscribe', id: 'kept', from: { epoch, offset: 2 } })
  expect(await client.first('subscribed', 'old')).toMatchObject({ offset: 3, recovered: false })
  expect(await client.first('subscribed', 'kept')).toMatchObject({ offset: 2, recovered: true })
})

test('an update is a separate change', async () => {
  await using gateway = await startGateway()
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'u' })
  await client.first('subscribed')
  await gateway.record([{ invocation_id: 'one', outcome: 'running', execution_ms: undefined }])
  await until(() => receivedTo(client.all('changes')) === 1)
  await gateway.record([{ invocation_id: 'one', outcome: 'failed' }])
  await until(() => receivedTo(client.all('changes')) === 2)
  const items = client.all('changes').flatMap((message) => message.items)
  expect(items.map((change) => [change.op, 'invocation' in change && change.invocation.outcome])).toEqual([
    ['insert', 'running'],
    ['update', 'failed'],
  ])
})

test.each([
  ['broken JSON', '{"type":', 'invalid_message'],
  ['an unknown type', '{"type":"nonsense"}', 'invalid_message'],
  ['an unknown field', '{"type":"ping","x":1}', 'invalid_message'],
  ['deep nesting', '['.repeat(60_000), 'invalid_message'],
  ['an unknown id', '{"type":"unsubscribe","id":"x"}', 'unknown_id'],
  ['an id in use', '{"type":"subscribe","id":"used"}', 'duplicate_id'],
  ['an id in use by the other sort', '{"type":"subscribe_metrics","id":"used"}', 'duplicate_id'],
])('%s is answered by an error and the connection stays', async (_what, text, code) => {
  await using gateway = await startGateway()
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'used' })
  client.socket.send(text)
  expect(await client.first('error')).toMatchObject({ code, message: expect.stringMatching(/./) })
  client.send({ type: 'ping' })
  await client.first('pong')
  expect(await gateway.metric(`skillwatch_ws_messages_refused_total{code="${code}"}`)).toBe(1)
})

test('a message may be sent as binary', async () => {
  await using gateway = await startGateway()
  using client = await openStream(gateway.url)
  client.socket.send(Buffer.from('{"type":"ping"}'), { binary: true })
  await client.first('pong')
})

test('a subscription above the limit is refused, the others stay', async () => {
  await using gateway = await startGateway({ config: { subscriptionsMax: 2 } })
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'a' })
  client.send({ type: 'subscribe_metrics', id: 'm' })
  client.send({ type: 'subscribe', id: 'b' })
  expect(await client.first('error')).toMatchObject({ code: 'too_many_subscriptions', id: 'b' })
  client.send({ type: 'unsubscribe', id: 'm' })
  client.send({ type: 'subscribe', id: 'b' })
  await client.first('subscribed', 'b')
})

test('a message that is too large ends its connection with 1009', async () => {
  await using gateway = await startGateway({ config: { messageLimitBytes: 1_000 } })
  using client = await openStream(gateway.url)
  client.socket.send('x'.repeat(1_001))
  expect((await closedWith(client)).code).toBe(1009)
})

test.each(['message', 'ping'] as const)('a flood of %ss ends its connection with 4029', async (what) => {
  await using gateway = await startGateway({ config: { messagesPerSecondMax: 5 } })
  using client = await openStream(gateway.url)
  for (let count = 0; count < 20; count++) {
    if (what === 'message') client.send({ type: 'ping' })
    else client.socket.ping()
  }
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.rateLimited.code)
  await until(async () => (await gateway.metric('skillwatch_ws_closes_total{code="4029"}')) === 1)
})

test('clients above the limit are asked to come back, and are accepted when there is room', async () => {
  await using gateway = await startGateway({ config: { clientsMax: 1 } })
  const first = await openStream(gateway.url)
  using second = connectStream(gateway.url)
  expect((await closedWith(second)).code).toBe(CLOSE_CODES.tooManyClients.code)
  expect(await gateway.metric('skillwatch_ws_handshakes_refused_total{reason="too_many_clients"}')).toBe(1)
  first.close()
  await until(async () => (await gateway.metric('skillwatch_ws_clients{protocol="skillwatch"}')) === 0)
  using third = await openStream(gateway.url)
  expect(third.closed).toBeUndefined()
})

test('a client that answers no ping is closed with 4012', async () => {
  await using gateway = await startGateway({ config: { pingMs: 50 } })
  using client = await openStream(gateway.url)
  client.socket.pause()
  await until(async () => (await gateway.metric('skillwatch_ws_closes_total{code="4012"}')) === 1)
})

test('unknown subprotocols are refused with 400, a known one among them is accepted', async () => {
  await using gateway = await startGateway()
  using wrong = connectStream(gateway.url, { protocols: ['mqtt'] })
  await closedWith(wrong)
  expect(await gateway.metric('skillwatch_ws_handshakes_refused_total{reason="http_400"}')).toBe(1)
  using right = await openStream(gateway.url, { protocols: ['mqtt', 'skillwatch.v1.json'] })
  expect(right.socket.protocol).toBe('skillwatch.v1.json')
})

test.each(['/', '/ws', '/v1/skills', '/health/live', '/docs', '/a/b?c=d'])(
  'the stream is served on path %s',
  async (path) => {
    await using gateway = await startGateway()
    using client = await openStream(gateway.url + path)
    expect(client.messages[0]!.type).toBe('hello')
  },
)

test('garbage on the wire ends its own connection and no other', async () => {
  await using gateway = await startGateway()
  using client = await openStream(gateway.url)
  const garbage = [
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x81, 0x05, 0x68]),
    Buffer.from([0x83, 0x80, 0, 0, 0, 0]),
    Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]),
    Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x00, 0x01]),
    Buffer.alloc(100_000, 0x55),
  ]
  const sent = [
    ...garbage.map((bytes) => Buffer.concat([Buffer.from(HANDSHAKE), bytes])),
    Buffer.alloc(10_000),
  ]
  const ended = sent.map((bytes) => {
    // The server may cut the connection while this side still writes.
    const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
    socket.resume().end(bytes)
    return new Promise((resolve) => socket.once('close', resolve))
  })
  await Promise.all(ended)
  client.send({ type: 'ping' })
  await client.first('pong')
  await until(async () => (await gateway.metric('skillwatch_ws_clients{protocol="skillwatch"}')) === 1)
})

test('a handshake during shutdown does not delay it', async () => {
  const gateway = await startGateway()
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
  await until(() => !socket.connecting)
  const closed = gateway.close()
  socket.write(HANDSHAKE)
  await closed
  await until(() => socket.destroyed)
})

test('nothing of a client remains when its connection is cut', async () => {
  await using gateway = await startGateway()
  const client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'a' })
  client.send({ type: 'subscribe_metrics', id: 'm' })
  await client.first('metrics')
  expect(await gateway.metric('skillwatch_ws_subscriptions{type="changes"}')).toBe(1)
  expect(await gateway.metric('skillwatch_ws_tail_lag_changes{project_id="1"}')).toBe(0)
  client.close()
  await until(async () => (await gateway.metric('skillwatch_ws_clients{protocol="skillwatch"}')) === 0)
  expect(await gateway.metric('skillwatch_ws_subscriptions{type="changes"}')).toBe(0)
  expect(await gateway.metric('skillwatch_ws_subscriptions{type="metrics"}')).toBe(0)
})

test('when the log is replaced, subscribers are closed with 4010', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}])
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'a' })
  await client.first('subscribed')
  gateway.writer.sqlite.exec("update stream set epoch = 'restored'")
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.logReplaced.code)
})

test('a gateway that ends closes its clients with 4000, also one that does not answer', async () => {
  const gateway = await startGateway()
  using client = await openStream(gateway.url)
  using silent = await openStream(gateway.url)
  silent.socket.pause()
  await gateway.close()
  expect((await closedWith(client)).code).toBe(CLOSE_CODES.shutdown.code)
})
