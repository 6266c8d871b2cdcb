import { join } from 'node:path'
import { temporaryFolder } from '@skillwatch/testkit'
import { expect, test } from 'vitest'
import { createClient } from '../../src/node/index.ts'
import { FAULTS, type Fault, startFaultyProxy } from './faulty-proxy.ts'
import { startServices } from './services.ts'

test.each(['in memory', 'with a spool'])(
  'every tracked call is stored once through a proxy with faults, %s',
  async (kept) => {
    await using stack = new AsyncDisposableStack()
    const folder = stack.use(temporaryFolder())
    const services = await startServices(stack, join(folder.path, 'skillwatch.db'))
    const met: Fault[] = []
    let requests = 0
    const proxy = stack.use(
      await startFaultyProxy(services.url, () => {
        requests += 1
        const fault = requests <= 3 * FAULTS.length ? FAULTS[requests % FAULTS.length] : undefined
        if (fault) met.push(fault)
        return fault
      }),
    )
    const client = createClient({
      url: proxy.url,
      sessionId: 'faulty-proxy',
      batchDelayMs: 2,
      batchItemsMax: 7,
      timeoutMs: 100,
      backoff: { delayMs: 1, delayMsMax: 10 },
      logger: { warn: () => undefined },
      ...(kept === 'with a spool' && { spool: { folder: join(folder.path, 'spool') } }),
    })
    const expected = new Map<string, string>()
    while (requests <= 4 * FAULTS.length) {
      const calls = Array.from({ length: 10 }, (_, index) => client.track(`skill-${index % 3}`))
      await new Promise((resolve) => setTimeout(resolve, 5))
      for (const [index, call] of calls.entries()) {
        if (index % 3 === 0) call.fail(new RangeError('no'))
        else call.complete()
        expected.set(call.invocationId, index % 3 === 0 ? 'failed' : 'completed')
      }
    }
    expect(await client.flush({ timeoutMs: 30_000 })).toBe(true)

    await using reader = createClient({ ...services, sessionId: 'reader' })
    const stored = new Map<string, string>()
    for await (const event of reader.stream({ from: 'start' })) {
      if (event.type === 'caught_up') break
      if (event.type !== 'changes') continue
      for (const item of event.items) {
        if (item.op !== 'delete') stored.set(item.invocation.invocation_id, item.invocation.outcome)
      }
    }
    expect(stored).toEqual(expected)
    const { totals } = await reader.metrics()
    expect(totals.invocation_count).toBe(expected.size)
    expect(new Set(met)).toEqual(new Set(FAULTS))
    const { recorded, sent, ...rest } = client.stats()
    expect(recorded).toBe(sent)
    expect(rest.retried).toBeGreaterThanOrEqual(met.length)
    expect(rest).toMatchObject({ rejected: 0, dropped: 0, queued: 0, leftOnDisk: 0, unspooled: 0 })
    await client.close()
  },
)
