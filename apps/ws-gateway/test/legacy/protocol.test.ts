import { until } from '@skillwatch/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { connectLegacy, openLegacy } from './client.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}\+00:00$/

let gateway: TestGateway
beforeEach(async () => {
  gateway = await startGateway({ config: { updateMs: 200 } })
})
afterEach(() => gateway.close())

test('on any path the welcome is sent first, then updates with numbers in every field', async () => {
  await gateway.record([
    { skill_name: 'pytest-run', execution_ms: 1_000 },
    { skill_name: 'pytest-run', execution_ms: 3_000 },
    { skill_name: 'pytest-run', outcome: 'failed', execution_ms: 2_000 },
    { skill_name: 'pytest-run', outcome: 'running', execution_ms: undefined },
    { skill_name: 'never-ended', outcome: 'running', execution_ms: undefined },
    { skill_name: 'from-a-transcript', execution_ms: undefined, elapsed_ms: 500 },
    { skill_name: 'not-a-skill', kind: 'tool' },
  ])
  using client = connectLegacy(gateway.url, '/ws/whatever?x=1')
  expect(await client.recv()).toEqual({
    type: 'connected',
    message: expect.any(String),
    authenticated: false,
    timestamp: expect.stringMatching(INSTANT),
  })
  const update = await client.recv()
  expect(update).toMatchObject({ type: 'metrics_update', timestamp: expect.stringMatching(INSTANT) })
  expect(update.data.anomalies).toEqual([])
  expect(update.data.top_skills).toEqual([
    {
      skill_name: 'pytest-run',
      total_invocations: 4,
      completion_rate: 100 * (2 / 3),
      avg_duration_seconds: 2,
      invocation_count: 4,
      completed_count: 2,
      avg_duration: 2,
      last_invocation_at: expect.stringMatching(INSTANT),
    },
    expect.objectContaining({
      skill_name: 'from-a-transcript',
      avg_duration_seconds: 0.5,
      completion_rate: 100,
    }),
    expect.objectContaining({ skill_name: 'never-ended', avg_duration_seconds: 0, completion_rate: 0 }),
  ])
})

test('an update follows a new invocation, and contains the ten most used skills', async () => {
  await gateway.record(
    Array.from({ length: 12 }, (_, i) => Array(i + 1).fill({ skill_name: `skill-${i}` })).flat(),
  )
  using client = await openLegacy(gateway.url)
  const before = await client.recvType('metrics_update')
  expect(before.data.top_skills.map((skill) => skill.total_invocations)).toEqual([
    12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
  ])
  await gateway.record(Array(20).fill({ skill_name: 'skill-0' }))
  let after = await client.recvType('metrics_update')
  while (after.data.top_skills[0]!.skill_name !== 'skill-0') after = await client.recvType('metrics_update')
  expect(after.data.top_skills[0]!.total_invocations).toBe(21)
})

test('the example that listens to one skill gets that skill, also outside the top ten', async () => {
  await gateway.record(
    Array.from({ length: 11 }, (_, i) => Array(i + 1).fill({ skill_name: `skill-${i}` })).flat(),
  )
  using client = await openLegacy(gateway.url)
  client.send({ type: 'subscribe', skill: 'skill-0' })
  expect(await client.recvType('subscription_confirmed')).toEqual({
    type: 'subscription_confirmed',
    skill: 'skill-0',
    skill_name: 'skill-0',
    message: expect.any(String),
    timestamp: expect.stringMatching(INSTANT),
  })
  const update = await client.recvType('metrics_update')
  expect(update.data).toEqual({
    top_skills: [expect.objectContaining({ skill_name: 'skill-0', total_invocations: 1 })],
    anomalies: [],
  })
})

test('a client may use the documented skill_name, also of a skill without calls', async () => {
  await gateway.record([{ skill_name: 'known' }])
  using client = await openLegacy(gateway.url)
  client.send({ type: 'subscribe', skill_name: 'nobody' })
  expect(await client.recvType('subscription_confirmed')).toMatchObject({
    skill: 'nobody',
    skill_name: 'nobody',
  })
  expect((await client.recvType('metrics_update')).data.top_skills).toEqual([])
})

test.each([
  { type: 'unsubscribe' },
  { type: 'subscribe' },
  { type: 'subscribe', skill: null },
  { type: 'subscribe', skill: ['a'] },
])('%j leads back to all skills', async (request) => {
  await gateway.record([{ skill_name: 'a' }, { skill_name: 'b' }])
  using client = await openLegacy(gateway.url)
  client.send({ type: 'subscribe', skill: 'a' })
  await client.recvType('subscription_confirmed')
  client.send(request)
  let update = await client.recvType('metrics_update')
  while (update.data.top_skills.length === 1) update = await client.recvType('metrics_update')
  expect(update.data.top_skills).toHaveLength(2)
})

test('get_metrics answers for one skill, with zeros for an unknown one, or for the top ten', async () => {
  await gateway.record([
    { skill_name: 'a', execution_ms: 250 },
    { skill_name: 'a', outcome: 'failed', execution_ms: 750 },
  ])
  using client = await openLegacy(gateway.url)
  client.send({ type: 'get_metrics', skill_name: 'a' })
  expect(await client.recvType('metrics_response')).toMatchObject({
    data: {
      skill_name: 'a',
      total_invocations: 2,
      completion_rate: 0.5,
      avg_duration_seconds: 0.5,
      last_invocation_at: expect.stringMatching(INSTANT),
    },
  })
  client.send({ type: 'get_metrics', skill_name: 'nobody' })
  expect((await client.recvType('metrics_response')).data).toEqual({
    skill_name: 'nobody',
    total_invocations: 0,
    completion_rate: 0,
    avg_duration_seconds: 0,
    last_invocation_at: null,
  })
  client.send({ type: 'get_metrics' })
  expect((await client.recvType('metrics_response')).data.top_skills).toHaveLength(1)
})

test('what is no request gets no reply and harms nothing', async () => {
  using client = await openLegacy(gateway.url)
  const noise = [
    '',
    '{',
    '[]',
    'null',
    '"ping"',
    '{"type":"banana"}',
    '{"type":["ping"]}',
    '{"__proto__":{"type":"ping"}}',
  ]
  for (const text of noise) client.send(text)
  client.socket.send(Buffer.from([0xff, 0xfe, 0x00]))
  client.send({ type: 'unsubscribe' })
  client.send({ type: 'ping' })
  let message = await client.recv()
  while (message.type === 'metrics_update') message = await client.recv()
  expect(message).toEqual({ type: 'pong' })
})

test('a request in a binary frame is a request', async () => {
  using client = await openLegacy(gateway.url)
  client.socket.send(Buffer.from('{"type":"ping"}'))
  expect(await client.recvType('pong')).toEqual({ type: 'pong' })
})

test('the first request after the welcome is answered before any update', async () => {
  await gateway.close()
  gateway = await startGateway({ config: { updateMs: 1_000 } })
  using steady = await openLegacy(gateway.url)
  let updates = 0
  steady.socket.on('message', () => {
    updates += 1
  })
  let visits = 0
  while (updates < 2 || visits < 50) {
    using client = connectLegacy(gateway.url)
    const types = [(await client.recv()).type]
    client.send({ type: 'subscribe', skill: null })
    types.push((await client.recv()).type)
    expect(types).toEqual(['connected', 'subscription_confirmed'])
    visits += 1
  }
})

test('updates go on after the database could not be read for a while', async () => {
  await gateway.record([{ skill_name: 'a' }])
  using client = await openLegacy(gateway.url)
  await client.recvType('metrics_update')
  gateway.writer.sqlite.exec('alter table stream rename to stream_gone')
  await until(async () => (await gateway.metric('skillwatch_ws_poll_errors_total')) > 0)
  gateway.writer.sqlite.exec('alter table stream_gone rename to stream')
  client.send({ type: 'get_metrics' })
  await client.recvType('metrics_response')
  expect((await client.recvType('metrics_update')).data.top_skills).toHaveLength(1)
})

test('a message may be as large as session-buddy takes it, 1 MiB, and no larger', async () => {
  using client = await openLegacy(gateway.url)
  client.send({ type: 'ping', padding: 'x'.repeat(900_000) })
  await client.recvType('pong')
  client.send({ type: 'ping', padding: 'x'.repeat(1_100_000) })
  expect((await client.closed).code).toBe(1009)
})
