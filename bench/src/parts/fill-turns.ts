import { setTimeout as delay } from 'node:timers/promises'
import { createHttpLoad, toBody } from './http-load.ts'
import { startService } from './services.ts'
import { createTurns } from './sessions-with-prompts.ts'
import { countPendingTurns } from './stored.ts'

export const CALLS_PER_TURN = 16
const TURNS_PER_BATCH = 60

/** Records turns of 16 calls through ingest, and waits until all of them are derived. */
export async function fillWithTurns(path: string, turns: number): Promise<void> {
  const ingest = await startService('ingest', `sqlite:${path}`, { INGEST_GROUP_ROWS_MAX: '5000' })
  await using _stopped = ingest.process
  using load = createHttpLoad(ingest.url, 2)
  let batch: { calls: object[]; apiRequests: object[] } = { calls: [], apiRequests: [] }
  const send = async () => {
    const { calls, apiRequests } = batch
    batch = { calls: [], apiRequests: [] }
    await Promise.all([load.post(toBody(calls)), load.send('POST', '/v1/api-requests', toBody(apiRequests))])
  }
  let count = 0
  for (const turn of createTurns(turns, Date.now())) {
    batch.calls.push(...turn.calls)
    batch.apiRequests.push(...turn.apiRequests)
    if (++count % TURNS_PER_BATCH === 0) await send()
  }
  await send()
  while (countPendingTurns(path) > 0) await delay(100)
}
