import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { openStream, provenOffsets, receivedTo } from '../support/stream-client.ts'

test('a client is greeted with the position of the log', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}, {}, {}])
  using client = await openStream(gateway.url)
  const hello = await client.first('hello')
  expect(hello).toMatchObject({ offset: 3, epoch: expect.any(String), server_version: expect.any(String) })
})

test('a subscriber gets what is committed from then on, in one unbroken line of ranges', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}, {}])
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'all' })
  expect(await client.first('subscribed')).toMatchObject({ id: 'all', offset: 2, recovered: true })
  for (let round = 0; round < 10; round++) await gateway.record([{ skill_name: `skill-${round}` }, {}])
  await until(() => receivedTo(client.all('changes')) === 22)
  expect(provenOffsets(client.all('changes'), 2)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 3),
  )
  expect(client.all('changes')[0]!.items[0]).toMatchObject({
    offset: 3,
    op: 'insert',
    invocation: { skill_name: 'skill-0' },
  })
  expect(client.all('caught_up')).toEqual([])
})

test('a replay sends the whole log, then `caught_up`, then each live change once', async () => {
  await using gateway = await startGateway()
  await gateway.record(Array.from({ length: 1_000 }, () => ({})))
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'r', from: 'start' })
  expect(await client.first('subscribed')).toMatchObject({ offset: 0, recovered: true })
  expect(await client.first('caught_up')).toMatchObject({ id: 'r', offset: 1_000 })
  await gateway.record([{}, {}])
  await until(() => receivedTo(client.all('changes')) === 1_002)
  expect(provenOffsets(client.all('changes'), 0)).toEqual(
    Array.from({ length: 1_002 }, (_, index) => index + 1),
  )
})
