import type { StreamFilter } from '@skillwatch/schema'
import { aFinding, until } from '@skillwatch/testkit'
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

test('a subscription to findings is sent those that its filter selects, and every deletion', async () => {
  await using gateway = await startGateway()
  await gateway.record([{ skill_name: 'plan' }, { skill_name: 'lint' }])
  using client = await openStream(gateway.url)
  const subscribe = (id: string, filter: StreamFilter = {}) =>
    client.send({ type: 'subscribe', entities: ['finding'], id, filter })
  subscribe('all')
  subscribe('plan', { kind: 'skill', skill_name: 'plan' })
  subscribe('session', { session_id: 'session-1' })
  client.send({ type: 'subscribe', id: 'calls' })
  await client.first('subscribed', 'calls')
  const plan = aFinding({ finding_id: 'p', skill_name: 'plan' })
  const lint = aFinding({ finding_id: 'l', skill_name: 'lint' })
  await gateway.report([plan, lint])
  const ids = ['all', 'plan', 'session', 'calls'] as const
  const items = (id: string) => client.all('changes', id).flatMap((message) => message.items)
  await until(() => items('plan').length === 1)
  const resolved = { ...plan, resolved_at: plan.opened_at }
  await gateway.report([resolved])
  await until(() => ids.every((id) => receivedTo(client.all('changes', id)) === 6))
  expect(items('all')).toEqual([
    { offset: 3, op: 'insert', finding: plan },
    { offset: 4, op: 'insert', finding: lint },
    { offset: 5, op: 'delete', finding_id: 'l' },
    { offset: 6, op: 'update', finding: resolved },
  ])
  expect(items('plan').map(({ offset }) => offset)).toEqual([3, 5, 6])
  expect(items('session').map(({ offset }) => offset)).toEqual([5])
  expect(items('calls')).toEqual([])
})

test('a replay has each finding as it is now, and no finding of a deleted skill', async () => {
  await using gateway = await startGateway()
  await gateway.record([{ skill_name: 'plan' }, { skill_name: 'lint' }])
  const kept = aFinding({ finding_id: 'kept', skill_name: 'plan' })
  await gateway.report([kept, aFinding({ finding_id: 'gone', skill_name: 'lint' })])
  await gateway.report([
    { ...kept, observed_value: 0.3 },
    aFinding({ finding_id: 'gone', skill_name: 'lint' }),
  ])
  await gateway.recorder.delete(gateway.projectId, { skill_name: 'lint' })
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe', id: 'r', from: 'start', entities: ['finding'] })
  await client.first('caught_up')
  expect(client.all('changes').flatMap((message) => message.items)).toEqual([
    { offset: 3, op: 'insert', finding: { ...kept, observed_value: 0.3 } },
    { offset: 4, op: 'delete', finding_id: 'gone' },
    { offset: 5, op: 'update', finding: { ...kept, observed_value: 0.3 } },
    { offset: 7, op: 'delete', finding_id: 'gone' },
  ])
  expect(JSON.stringify(client.messages)).not.toContain('lint')
})
