import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { chunks } from './parts/chunks.ts'
import { CALLS_PER_TURN, fillWithTurns } from './parts/fill-turns.ts'
import { createHttpLoad, toBody } from './parts/http-load.ts'
import { createObservations } from './parts/observations.ts'
import { startService } from './parts/services.ts'

const ROWS = 1_000_000
const QUICK_ROWS = 16_000
const EVENTS_PER_RUN = 40_000
const EVENTS_PER_QUICK_RUN = 4_000
const BATCH = 100
const CONNECTIONS = 8
/** Until then the process of a run has loaded its modules and reads the database. */
const LEAD_MS = 3_000
const PROGRAM = fileURLToPath(new URL('../../apps/analyst/scripts/run-without-end.ts', import.meta.url))

/**
 * How much slower does ingest record while the analyst analyses the same database?
 *
 * Ours: new calls over HTTP in batches of 100 on 8 connections, into a database of 1,000,000 calls
 * (`--rows`), while runs of the analyst that replay all weeks follow each other. Baseline: the same without a
 * run.
 */
export const ingestBesideAnalysis: Question = {
  name: 'ingest-beside-analysis',
  asks: `events a second in batches of ${BATCH} while the analyst replays 1,000,000 calls (--rows)`,
  baseline: 'the same without a run of the analyst',
  measures: [{ name: 'ingest_beside_analysis', unit: 'events/s', goal: null, ratioGoal: 0.9 }],
  isLong: true,
  open,
}

async function open({ quick, rows = quick ? QUICK_ROWS : ROWS }: QuestionOptions): Promise<OpenQuestion> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const path = `${folder.path}/skillwatch.db`
  await fillWithTurns(path, Math.ceil(rows / CALLS_PER_TURN))
  const ingest = await startService('ingest', `sqlite:${path}`)
  stack.use(ingest.process)
  const load = stack.use(createHttpLoad(ingest.url, CONNECTIONS))
  const source = createObservations()
  const record = async (): Promise<Values> => {
    const events = quick ? EVENTS_PER_QUICK_RUN : EVENTS_PER_RUN
    const bodies = chunks(source.take(events, Date.now()), BATCH).map(toBody)
    const startedAt = performance.now()
    await load.postAll(bodies)
    return { ingest_beside_analysis: (events / (performance.now() - startedAt)) * 1_000 }
  }
  const running = stack.move()
  return {
    async ours() {
      await using _runs = await startRuns(path)
      return await record()
    },
    baseline: record,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function startRuns(path: string): Promise<AsyncDisposable> {
  const child: ChildProcess = fork(PROGRAM, [path, String(Date.now())])
  const exited = once(child, 'exit')
  await once(child, 'message')
  await delay(LEAD_MS)
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) throw new Error(`the runs ended with code ${child.exitCode}`)
      child.kill('SIGTERM')
      await exited
    },
  }
}
