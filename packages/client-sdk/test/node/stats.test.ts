import { setImmediate } from 'node:timers/promises'
import { temporaryFolder } from '@skillwatch/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, createClient } from '../../src/node/index.ts'
import { startIngestDouble } from '../ingest-double.ts'

type Step = { track: number; end: boolean } | 'rest' | 'flush'

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ track: fc.integer({ min: 1, max: 12 }), end: fc.boolean() }),
  fc.constantFrom('rest' as const, 'flush' as const),
)

function expectBalanced(client: Client): void {
  const { recorded, sent, rejected, dropped, queued, leftOnDisk } = client.stats()
  expect(sent + rejected + dropped + queued + leftOnDisk).toBe(recorded)
  expect(Math.min(sent, rejected, dropped, queued, leftOnDisk)).toBeGreaterThanOrEqual(0)
}

async function take(client: Client, each: Step): Promise<void> {
  if (each === 'rest') return await setImmediate()
  if (each === 'flush') return void (await client.flush({ timeoutMs: 5 }))
  const calls = Array.from({ length: each.track }, () => client.track('x'))
  expectBalanced(client)
  if (each.end) for (const call of calls) call.complete()
}

test('the counts of observations add up at every moment, whatever the server answers', async () => {
  const answers = fc.array(fc.constantFrom(200, 200, 400, 413, 422, 429, 500, 503), { maxLength: 12 })
  const steps = fc.array(step, { maxLength: 15 })
  await fc.assert(
    fc.asyncProperty(answers, steps, fc.boolean(), async (statuses, plan, isSpooling) => {
      await using ingest = await startIngestDouble((_, reply, index) => {
        const status = statuses[index] ?? 200
        return status === 200 ? undefined : reply.code(status).send({ title: 'answer of the test' })
      })
      using folder = temporaryFolder()
      const client = createClient({
        url: ingest.url,
        sessionId: 's',
        queueItemsMax: 20,
        batchItemsMax: 5,
        batchDelayMs: 1,
        backoff: { delayMs: 1, delayMsMax: 2 },
        logger: { warn: () => undefined },
        ...(isSpooling && { spool: { folder: folder.path } }),
      })
      for (const each of plan) {
        await take(client, each)
        expectBalanced(client)
      }
      await client.close({ timeoutMs: plan.length })
      expectBalanced(client)
      expect(client.stats().queued).toBe(0)
      if (isSpooling) expect(client.stats().dropped).toBe(0)
    }),
    { numRuns: 60 },
  )
})
