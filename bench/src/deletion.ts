import { existsSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { fillDatabase } from './parts/fill.ts'
import { createHttpLoad, type HttpLoad, toBody } from './parts/http-load.ts'
import { Latencies } from './parts/latencies.ts'
import { createObservations } from './parts/observations.ts'
import { startService } from './parts/services.ts'
import { countCalls } from './parts/stored.ts'

const ROWS = 100_000
const QUICK_ROWS = 5_000
const BASELINE_ROWS = 1_000
const CONNECTIONS = 64
/** From one look at the database and one recorded call to the next. */
const EVERY_MS = 10
/** Recording goes on for so long after the receipt, for work that is left for later. */
const AFTERWARDS_MS = 300
const DELETION_MS_MAX = 120_000

/**
 * What does it cost to delete a session of 2 calls from a large database?
 *
 * Ours: 100,000 calls (`--rows`). Measured are the time until a reader no longer finds the rows, the time
 * until the receipt, the largest size of the write-ahead log meanwhile, and the longest time that recording
 * one call took meanwhile (one every 10 ms, over HTTP, answered after its commit). Baseline: the same in a
 * database of 1,000 calls, so a ratio of 1 means that the size of the database does not matter.
 */
export const deletion: Question = {
  name: 'deletion',
  asks: 'deleting a session of 2 of 100,000 calls (--rows), while calls are recorded',
  baseline: `the same with ${BASELINE_ROWS} calls`,
  measures: [
    { name: 'deletion_rows_gone', unit: 'ms', goal: null },
    { name: 'deletion_receipt', unit: 'ms', goal: null },
    { name: 'deletion_log', unit: 'bytes', goal: null },
    { name: 'deletion_record_max', unit: 'ms', goal: null },
  ],
  open,
}

async function open({ quick, rows = quick ? QUICK_ROWS : ROWS }: QuestionOptions): Promise<OpenQuestion> {
  await using stack = new AsyncDisposableStack()
  const large = await openSide(stack, rows)
  const small = await openSide(stack, BASELINE_ROWS)
  const running = stack.move()
  return { ours: large, baseline: small, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Fills a database and returns what measures one deletion in it. */
async function openSide(stack: AsyncDisposableStack, rows: number): Promise<() => Promise<Values>> {
  const folder = stack.use(temporaryFolder())
  const path = `${folder.path}/skillwatch.db`
  const source = createObservations()
  await fillDatabase(`sqlite:${path}`, rows, (count) => source.take(count, Date.now()))
  const ingest = await startService('ingest', `sqlite:${path}`)
  stack.use(ingest.process)
  const load = stack.use(createHttpLoad(ingest.url, CONNECTIONS))
  let deletions = 0
  return async () => {
    const session_id = `deleted-${++deletions}`
    await load.post(toBody(source.take(2, Date.now()).map((call) => ({ ...call, session_id }))))
    return await measureDeletion(path, session_id, load, () => toBody(source.take(1, Date.now())))
  }
}

async function measureDeletion(
  path: string,
  sessionId: string,
  load: HttpLoad,
  nextCall: () => Buffer,
): Promise<Values> {
  const recorded = new Latencies()
  let logBytes = 0
  let goneMs: number | undefined
  let receiptMs: number | undefined
  const startedAt = performance.now()
  const elapsedMs = () => performance.now() - startedAt
  const receipt = load
    .send('DELETE', `/v1/invocations?session_id=${sessionId}`, undefined, DELETION_MS_MAX)
    .then(() => {
      receiptMs = elapsedMs()
    })
  while (goneMs === undefined || receiptMs === undefined || elapsedMs() < receiptMs + AFTERWARDS_MS) {
    recorded.add(load.post(nextCall()))
    if (goneMs === undefined && countCalls(path, sessionId) === 0) goneMs = elapsedMs()
    logBytes = Math.max(logBytes, sizeOf(`${path}-wal`))
    await Promise.race([delay(EVERY_MS), receipt.then(() => delay(EVERY_MS))])
  }
  return {
    deletion_rows_gone: goneMs,
    deletion_receipt: receiptMs,
    deletion_log: logBytes,
    deletion_record_max: Math.max(...(await recorded.durationsMs())),
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}
