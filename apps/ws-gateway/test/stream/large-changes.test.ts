import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { connectStream, openStream, provenOffsets } from '../support/stream-client.ts'

/** What clients of Python's `websockets` receive unless configured otherwise. */
const CLIENT_LIMIT_BYTES = 1_048_576
/** Attributes of about 260 KB in UTF-8: as many and as long as the recorder accepts. */
const LARGE = Object.fromEntries(
  Array.from({ length: 64 }, (_, index) => [`attribute-${index}`, '😀'.repeat(1_000)]),
)

test('a client that receives 1 MiB at most catches up over many large changes', async () => {
  await using gateway = await startGateway()
  const count = 60
  for (let done = 0; done < count; done += 20) {
    await gateway.record(
      Array.from({ length: 20 }, (_, index) => (index % 4 === 0 ? {} : { attributes: LARGE })),
    )
  }
  using client = connectStream(gateway.url, { maxPayload: CLIENT_LIMIT_BYTES })
  const sizes: number[] = []
  client.socket.on('message', (data: Buffer) => sizes.push(data.length))
  await client.first('hello')
  client.send({ type: 'subscribe', id: 'all', from: 'start' })
  expect(await client.first('caught_up')).toMatchObject({ offset: count })
  expect(provenOffsets(client.all('changes'), 0)).toHaveLength(count)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(524_288)
  expect(client.all('changes').length).toBeGreaterThan(20)
})

test('a change above every limit of the gateway is sent alone and closes no subscriber', async () => {
  await using gateway = await startGateway()
  await gateway.record([{ invocation_id: 'before' }, { invocation_id: 'huge' }, { invocation_id: 'after' }])
  // Larger than the recorder writes today; earlier versions did.
  gateway.writer.sqlite
    .prepare("update skill_invocation set attributes = ? where invocation_id = 'huge'")
    .run(JSON.stringify({ text: 'x'.repeat(20_000_000) }))
  using client = await openStream(gateway.url)
  client.socket.pause()
  client.send({ type: 'subscribe', id: 'all', from: 'start' })
  await until(() => gateway.bufferedBytesMax() > 10_000_000)
  client.send({ type: 'ping' })
  await until(async () => (await gateway.metric('skillwatch_ws_paused_clients')) === 1)
  client.socket.resume()
  expect(await client.first('caught_up')).toMatchObject({ offset: 3 })
  expect(client.all('changes').map(({ from, to }) => [from, to])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ])
  await client.first('pong')
  expect(client.closed).toBeUndefined()
})

test('the largest metrics message is far smaller than the limit', async () => {
  await using gateway = await startGateway()
  const longest = (index: number) => `${index}`.padEnd(4, '.') + '"'.repeat(196)
  await gateway.record(Array.from({ length: 100 }, (_, index) => ({ skill_name: longest(index) })))
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe_metrics', id: 'm', limit: 100 })
  const message = await client.first('metrics')
  expect(message.skills).toHaveLength(100)
  expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(262_144)
})
