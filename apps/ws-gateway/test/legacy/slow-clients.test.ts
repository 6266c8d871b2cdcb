import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { openLegacy } from './client.ts'

const longName = (index: number) => `${index}`.padEnd(200, 'x')
const skipped = 'skillwatch_ws_snapshots_skipped_total'

test('a client that stops reading is skipped, delays nobody, and goes on when it reads again', {
  timeout: 90_000,
}, async () => {
  await using gateway = await startGateway({ config: { updateMs: 1 } })
  await gateway.record(Array.from({ length: 10 }, (_, index) => ({ skill_name: longName(index) })))
  using stuck = await openLegacy(gateway.url)
  using other = await openLegacy(gateway.url)
  stuck.socket.pause()
  await until(async () => (await gateway.metric(skipped)) > 20, { timeoutMs: 50_000 })

  let updates = 0
  other.socket.on('message', () => {
    updates += 1
  })
  const skippedBefore = await gateway.metric(skipped)
  await until(async () => updates > 50 && (await gateway.metric(skipped)) > skippedBefore)

  stuck.socket.resume()
  stuck.send({ type: 'ping' })
  expect(await stuck.recvType('pong')).toEqual({ type: 'pong' })
})

test('a client that asks without reading is closed before its replies pile up', async () => {
  await using gateway = await startGateway({
    config: { updateMs: 1_000, bufferLimitBytes: 65_536, messagesPerSecondMax: 1_000_000 },
  })
  await gateway.record(Array.from({ length: 10 }, (_, index) => ({ skill_name: longName(index) })))
  using greedy = await openLegacy(gateway.url)
  greedy.socket.pause()
  const asking = setInterval(() => {
    if (greedy.socket.readyState !== greedy.socket.OPEN) return
    for (let i = 0; i < 50; i += 1) greedy.send({ type: 'get_metrics' })
  }, 5)
  const closes = () => gateway.metric('skillwatch_ws_closes_total{code="4008"}')
  await until(async () => (await closes()) === 1, { timeoutMs: 50_000 }).finally(() => clearInterval(asking))
})

test('a client that asks too often gets an error that asks it to wait', async () => {
  await using gateway = await startGateway({ config: { messagesPerSecondMax: 5 } })
  using client = await openLegacy(gateway.url)
  for (let i = 0; i < 50; i += 1) client.send({ type: 'ping' })
  expect(await client.closed).toMatchObject({ code: 4029 })
})

test('a hundred clients that connect and disconnect during updates abort none of them', async () => {
  await using gateway = await startGateway({ config: { updateMs: 5 } })
  await gateway.record([{ skill_name: 'a' }])
  using steady = await openLegacy(gateway.url)
  const visit = async () => {
    using client = await openLegacy(gateway.url)
    client.send({ type: 'subscribe', skill: 'a' })
    await client.recvType('metrics_update')
  }
  for (let round = 0; round < 4; round += 1) await Promise.all(Array.from({ length: 25 }, visit))
  expect((await steady.recvType('metrics_update')).data.top_skills).toHaveLength(1)
  expect(await gateway.metric('skillwatch_ws_poll_errors_total')).toBe(0)
  await until(async () => (await gateway.metric('skillwatch_ws_clients{protocol="session_buddy"}')) === 1)
})

test('a client that does not answer a ping is dropped', async () => {
  await using gateway = await startGateway({ config: { pingMs: 50 } })
  using silent = await openLegacy(gateway.url)
  silent.socket.pause()
  await until(async () => (await gateway.metric('skillwatch_ws_clients{protocol="session_buddy"}')) === 0)
})
