import { MetricsMessage } from '@skillwatch/schema'
import { createLogger } from '@skillwatch/service'
import { until } from '@skillwatch/testkit'
import { Counter } from 'prom-client'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { type Snapshot, SnapshotFeed } from '../../src/stream/snapshots.ts'
import { startGateway } from '../support/gateway.ts'
import { openStream } from '../support/stream-client.ts'

test('a snapshot is sent at once and contains what was recorded', async () => {
  await using gateway = await startGateway()
  await gateway.record([{}, { outcome: 'failed' }, { kind: 'mcp', skill_name: 'search' }])
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe_metrics', id: 'm', kind: 'skill' })
  const snapshot = await client.first('metrics', 'm')
  expect(Value.Check(MetricsMessage, snapshot)).toBe(true)
  expect(snapshot).toMatchObject({
    offset: 3,
    active_sessions: 1,
    totals: { invocation_count: 2, failed_count: 1 },
    skills: [{ skill_name: 'pdf-fill', invocation_count: 2, completion_rate: 0.5 }],
  })
})

test('snapshots go on in their interval and follow the log', async () => {
  await using gateway = await startGateway()
  using client = await openStream(gateway.url)
  client.send({ type: 'subscribe_metrics', id: 'm', limit: 1 })
  await client.first('metrics')
  await gateway.record([{ skill_name: 'a' }, { skill_name: 'a' }, { skill_name: 'b' }])
  const snapshot = await until(() => client.all('metrics').find(({ offset }) => offset === 3))
  expect(snapshot.skills.map(({ skill_name }) => skill_name)).toEqual(['a'])
  expect(snapshot.totals.invocation_count).toBe(3)
})

test('equal snapshots of one second are computed once, and a paused client does without', async () => {
  let nowMs = 0
  const taken: string[] = []
  const skipped = new Counter({ name: 'skipped', help: 'skipped', registers: [] })
  const feed = new SnapshotFeed({
    takeSnapshot: (projectId, kind, limit) => {
      taken.push(`${projectId} ${kind} ${limit} at ${nowMs}`)
      return {} as Snapshot
    },
    now: () => nowMs,
    clock: () => nowMs,
    skipped,
    logger: createLogger({ service: 'test', level: 'silent' }),
  })
  const sent: string[] = []
  const subscribe = (id: string, kind: 'skill' | undefined, ready = true) => {
    const receiver = {
      isReady: () => ready,
      send: () => sent.push(`${id} at ${nowMs}`),
      close: () => undefined,
    }
    feed.add({ id, projectId: 1, kind, limit: 10, intervalMs: 1_000, receiver })
  }
  subscribe('a', 'skill')
  subscribe('b', 'skill')
  subscribe('c', undefined)
  subscribe('paused', 'skill', false)
  nowMs = 999
  feed.tick()
  nowMs = 1_000
  feed.tick()
  feed.stop()
  expect(taken).toEqual([
    '1 skill 10 at 0',
    '1 undefined 10 at 0',
    '1 skill 10 at 1000',
    '1 undefined 10 at 1000',
  ])
  expect(sent).toEqual(['a at 0', 'b at 0', 'c at 0', 'a at 1000', 'b at 1000', 'c at 1000'])
  expect((await skipped.get()).values[0]!.value).toBe(2)
})
