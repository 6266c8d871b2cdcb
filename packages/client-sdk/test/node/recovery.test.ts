import { freePort, temporaryFolder, until } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createClient } from '../../src/node/index.ts'
import { startService } from './services.ts'

test('every tracked call is stored once although ingest is killed and restarted under load', async () => {
  using folder = temporaryFolder()
  const database = `${folder.path}/skillwatch.db`
  const [ingestPort, gatewayPort] = [await freePort(), await freePort()]
  let ingest = await startService('ingest', database, ingestPort)
  await using gateway = await startService('ws-gateway', database, gatewayPort)
  await using client = createClient({
    url: ingest.url,
    readUrl: gateway.url,
    sessionId: 'recovery',
    batchDelayMs: 2,
    batchItemsMax: 20,
    backoff: { delayMs: 10, delayMsMax: 100 },
    logger: { warn: () => undefined },
    spool: { folder: `${folder.path}/spool` },
  })
  const seen = new Map<string, string>()
  const stop = new AbortController()
  const reading = (async () => {
    for await (const event of client.stream({ from: 'start', signal: stop.signal })) {
      if (event.type !== 'changes') continue
      for (const item of event.items) {
        if (item.op !== 'delete') seen.set(item.invocation.invocation_id, item.invocation.outcome)
      }
    }
  })()
  const expected = new Map<string, string>()
  const trackSome = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const call = client.track(`skill-${index % 3}`)
      if (index % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 3))
      call.complete()
      expected.set(call.invocationId, 'completed')
    }
  }
  for (let kill = 0; kill < 3; kill += 1) {
    const sent = client.stats().sent
    const tracking = trackSome(150)
    await until(() => client.stats().sent > sent)
    ingest.running.kill('SIGKILL')
    await ingest.running.exited
    await tracking
    ingest = await startService('ingest', database, ingestPort)
  }
  expect(await client.flush({ timeoutMs: 30_000 })).toBe(true)
  await until(() => [...expected].every(([id, outcome]) => seen.get(id) === outcome), { timeoutMs: 20_000 })
  stop.abort()
  await reading
  expect(client.stats()).toMatchObject({ dropped: 0, rejected: 0, queued: 0 })
  expect(client.stats().retried).toBeGreaterThan(0)
  const { items } = await client.skills()
  expect(items.map(({ skill_name, completed_count }) => [skill_name, completed_count]).sort()).toEqual([
    ['skill-0', 150],
    ['skill-1', 150],
    ['skill-2', 150],
  ])
  const metrics = await client.metrics({ limit: 2 })
  expect(metrics.totals).toMatchObject({ invocation_count: 450, completed_count: 450, running_count: 0 })
  expect(metrics.skills).toHaveLength(2)
  await ingest.running.stop()
}, 120_000)
