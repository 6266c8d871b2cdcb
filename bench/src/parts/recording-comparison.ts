import { temporaryFolder } from '@skillwatch/testkit'
import { openBaseline } from '../baseline/database.ts'
import type { Report } from '../baseline/rows.ts'
import { processorSeconds } from '../harness/processor-time.ts'
import type { OpenQuestion, Values } from '../harness/question.ts'
import { chunks } from './chunks.ts'
import { createHttpLoad, toBody } from './http-load.ts'
import { readCommits, startService } from './services.ts'
import { demandStored } from './stored.ts'

export const CONNECTIONS = 8

/** Batches that one connection sends one after the other. */
export type Lane = readonly (readonly Report[])[]

export interface Recording {
  /** Prefix of the measures `…_events` and `…_cpu_per_event`. */
  readonly prefix: string
  /** New calls, as many in every run. */
  takeLanes(nowMs: number): readonly Lane[]
  readonly callsPerRun: number
}

/**
 * Sends reports to a real ingest, on a SQLite file with `synchronous = full`, and runs the frozen statements
 * of the same reports straight on better-sqlite3, in transactions of the mean size that ingest's own had.
 * The bodies and the statements with their parameters are made outside of the clock. Both databases grow
 * alike, so a later run meets larger ones on both sides.
 */
export async function openRecordingComparison(recording: Recording): Promise<OpenQuestion> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const databaseUrl = `sqlite:${folder.path}/ours.db`
  const ingest = await startService('ingest', databaseUrl)
  stack.use(ingest.process)
  const load = stack.use(createHttpLoad(ingest.url, CONNECTIONS))
  const baseline = stack.use(openBaseline(`${folder.path}/baseline.db`))

  const sent = { calls: 0, changes: 0 }
  let lanes: readonly Lane[] = []
  let groupBatches = 1

  const running = stack.move()
  return {
    async ours() {
      lanes = recording.takeLanes(Date.now())
      const events = lanes.flat(2).length
      const bodies = lanes.map((lane) => lane.map(toBody))
      const before = await readCommits(ingest.url)
      const clock = startClock(() => processorSeconds(ingest.pid))
      await load.postLanes(bodies)
      const values = clock.stop(recording.prefix, events)
      const after = await readCommits(ingest.url)
      sent.calls += recording.callsPerRun
      sent.changes += events
      const group = (after.observations - before.observations) / (after.transactions - before.transactions)
      groupBatches = Math.min(CONNECTIONS, Math.max(1, Math.round(group / lanes[0]![0]!.length)))
      return values
    },
    async baseline() {
      const nowMs = Date.now()
      const groups = chunks(inOrderOfSending(lanes), groupBatches)
      const transactions = groups.map((group) => baseline.prepare(group.flat(), nowMs))
      const clock = startClock(() => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6)
      for (const run of transactions) run()
      return clock.stop(recording.prefix, lanes.flat(2).length)
    },
    async verify() {
      demandStored(databaseUrl, sent)
      baseline.demand(sent)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

export function measuresOf(prefix: string, ratioGoal: number | null) {
  return [
    { name: `${prefix}_events`, unit: 'events/s', goal: null, ratioGoal },
    { name: `${prefix}_cpu_per_event`, unit: 'µs', goal: null },
  ]
}

/**
 * The batches as the connections send them: the first of each lane, then the second of each lane, and so on.
 */
function inOrderOfSending(lanes: readonly Lane[]): (readonly Report[])[] {
  return chunks(lanes, CONNECTIONS).flatMap((together) =>
    together[0]!.flatMap((_, round) => together.map((lane) => lane[round]!)),
  )
}

function startClock(readCpuSeconds: () => number) {
  const cpuBefore = readCpuSeconds()
  const startedAt = performance.now()
  return {
    stop(prefix: string, events: number): Values {
      const seconds = (performance.now() - startedAt) / 1000
      const cpuSeconds = readCpuSeconds() - cpuBefore
      return {
        [`${prefix}_events`]: events / seconds,
        [`${prefix}_cpu_per_event`]: (cpuSeconds / events) * 1e6,
      }
    },
  }
}
