import { type ChangesMessage, CLOSE_CODES } from '@skillwatch/schema'
import { until as untilWithin } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openStream, provenOffsets, receivedTo, type StreamClient } from '../support/stream-client.ts'

/** Megabytes go through here, also on a small and busy machine. */
const until = <T>(condition: () => T | Promise<T>) => untilWithin(condition, { timeoutMs: 50_000 })

const BIG = {
  attributes: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`a${index}`, 'x'.repeat(1_000)])),
}
/** More than the buffers of both kernels hold. */
const BIG_COUNT = 400

async function recordBig(gateway: TestGateway): Promise<void> {
  for (let done = 0; done < BIG_COUNT; done += 50) {
    await gateway.record(Array.from({ length: 50 }, () => ({ skill_name: 'big', ...BIG })))
  }
}

async function stalledClient(gateway: TestGateway): Promise<StreamClient> {
  const client = await openStream(gateway.url)
  client.socket.pause()
  for (let index = 0; index < 10; index++) client.send({ type: 'subscribe', id: `s${index}`, from: 'start' })
  await until(async () => (await gateway.metric('skillwatch_ws_paused_clients')) === 1)
  return client
}

test('a client that never reads does not delay a hundred others, and its buffer is bounded', async () => {
  const bufferLimitBytes = 262_144
  await using gateway = await startGateway({ config: { bufferLimitBytes } })
  await recordBig(gateway)
  using stalled = await stalledClient(gateway)
  const others = await Promise.all(Array.from({ length: 100 }, () => openStream(gateway.url)))
  for (const other of others) other.send({ type: 'subscribe', id: 'o', filter: { skill_name: 'small' } })
  await Promise.all(others.map((other) => other.first('subscribed')))
  const bufferedBytes: number[] = []
  for (let round = 0; round < 20; round++) {
    await gateway.record([
      { skill_name: 'small' },
      ...Array.from({ length: 20 }, () => ({ skill_name: 'big', ...BIG })),
    ])
    bufferedBytes.push(gateway.bufferedBytesMax())
  }
  await until(() =>
    others.every((other) => other.all('changes').flatMap(({ items }) => items).length === 20),
  )
  for (const other of others) provenOffsets(other.all('changes'), BIG_COUNT)
  expect(stalled.closed).toBeUndefined()
  expect(await gateway.metric('skillwatch_ws_paused_clients')).toBe(1)
  // The bound, and the one message that crossed it.
  expect(Math.max(...bufferedBytes)).toBeLessThan(bufferLimitBytes + 200_000)
  for (const other of others) other.close()
})

test('a client that reads nothing for too long is closed with a code that lets it reconnect', async () => {
  await using gateway = await startGateway({ config: { bufferLimitBytes: 65_536, slowClientMs: 100 } })
  await recordBig(gateway)
  using stalled = await stalledClient(gateway)
  await until(
    async () => (await gateway.metric(`skillwatch_ws_closes_total{code="${CLOSE_CODES.slow.code}"}`)) === 1,
  )
  expect(await gateway.metric('skillwatch_ws_paused_clients')).toBe(0)
  expect(stalled.messages).toHaveLength(1)
})

test('a client that pauses and reads on gets every change, and then `caught_up`', async () => {
  await using gateway = await startGateway({ config: { bufferLimitBytes: 65_536 } })
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'p' })
  await client.first('subscribed')
  client.socket.pause()
  await recordBig(gateway)
  await until(async () => (await gateway.metric('skillwatch_ws_paused_clients')) === 1)
  client.socket.resume()
  expect(await client.first('caught_up')).toMatchObject({ id: 'p', offset: BIG_COUNT })
  await gateway.record([{}])
  await until(() => receivedTo(client.all('changes')) === BIG_COUNT + 1)
  expect(provenOffsets(client.all('changes'), 0)).toHaveLength(BIG_COUNT + 1)
})

test('clients that ask without reading the answers are closed, however small the answers are', async () => {
  await using gateway = await startGateway({
    config: { bufferLimitBytes: 16_384, messagesPerSecondMax: 1_000_000 },
  })
  using client = await openStream(gateway.url)
  client.socket.pause()
  const unknown = { type: 'unsubscribe', id: 'x'.repeat(64) } as const
  for (let count = 0; count < 200_000 && client.socket.readyState === client.socket.OPEN; count++) {
    client.send(unknown)
    if (count % 500 === 0) await new Promise(setImmediate)
  }
  await until(
    async () => (await gateway.metric(`skillwatch_ws_closes_total{code="${CLOSE_CODES.slow.code}"}`)) === 1,
  )
})

/** A reader that is cut several times and resumes from the last offset that it received. */
async function readWithCuts(gateway: TestGateway, last: number, cuts: number): Promise<ChangesMessage[]> {
  const received: ChangesMessage[] = []
  let epoch: string | undefined
  for (let cut = 0; receivedTo(received) < last; cut++) {
    using client = await openStream(gateway.url)
    epoch ??= (await client.first('hello')).epoch
    client.send({ type: 'subscribe', id: 'c', from: { epoch, offset: receivedTo(received) } })
    expect((await client.first('subscribed')).recovered).toBe(true)
    const cutAt = cut < cuts ? receivedTo(received) + Math.random() * (last - receivedTo(received)) : last
    await until(() => receivedTo(client.all('changes')) >= cutAt)
    client.close()
    received.push(...client.all('changes'))
  }
  return received
}

test('clients that are cut at random and resume get the same changes, without a gap', async () => {
  await using gateway = await startGateway()
  const last = 5_000
  const readers = Array.from({ length: 20 }, (_, index) =>
    readWithCuts(gateway, last, index % 2 === 0 ? 5 : 0),
  )
  for (let done = 0; done < last; done += 50) {
    await gateway.record(Array.from({ length: 50 }, () => ({ session_id: `session-${done % 7}` })))
  }
  const expected = Array.from({ length: last }, (_, index) => index + 1)
  for (const received of await Promise.all(readers)) expect(provenOffsets(received, 0)).toEqual(expected)
})
