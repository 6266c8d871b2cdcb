import { until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { openStream, receivedTo } from '../support/stream-client.ts'

const CALL = { session_id: 's', prompt_id: 'p', skill_name: 'plan', invocation_id: 'a' }

test('a subscription that names uses and turns is sent these, in ranges that meet', async () => {
  await using gateway = await startGateway()
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'derived', entities: ['use', 'turn'] })
  client.send({ type: 'subscribe', id: 'calls' })
  await client.first('subscribed')
  await gateway.record([CALL])
  await gateway.recorder.deriveTurns()
  const messages = (id: string) => client.all('changes').filter((message) => message.id === id)
  await until(() => receivedTo(messages('derived')) === 3 && receivedTo(messages('calls')) === 3)
  expect(messages('derived').flatMap(({ items }) => items)).toMatchObject([
    { offset: 2, op: 'insert', use: { use_id: 'a', skill_name: 'plan', calls: 0 } },
    { offset: 3, op: 'insert', turn: { prompt_id: 'p', calls: 1, ended_by: null } },
  ])
  expect(messages('calls').flatMap(({ items }) => items)).toMatchObject([{ offset: 1, op: 'insert' }])
})

test('a filter compares the fields that an entity has', async () => {
  await using gateway = await startGateway()
  await gateway.record([CALL, { ...CALL, invocation_id: 'b', skill_name: 'lint', session_id: 't' }])
  await gateway.recorder.deriveTurns()
  using client = await openStream(gateway.url)
  const filter = { session_id: 's' }
  client.send({ type: 'subscribe', id: 'r', from: 'start', filter, entities: ['use', 'turn', 'invocation'] })
  await client.first('caught_up')
  const items = client.all('changes').flatMap((message) => message.items)
  expect(items.map((item) => Object.keys(item).at(-1))).toEqual(['invocation', 'use', 'turn'])
})
