import {
  createRecord,
  findProject,
  migrateUp,
  openReader,
  openWriter,
  recount,
  streamPosition,
} from '@skillwatch/db'
import { type Observation, parseObservation } from '@skillwatch/schema'
import { temporaryFolder } from '@skillwatch/testkit'
import { processorSeconds } from './harness/processor-time.ts'
import type { OpenQuestion, Question, QuestionOptions } from './harness/question.ts'
import { createHttpLoad } from './parts/http-load.ts'
import { createObservations } from './parts/observations.ts'
import { createReplay, recordCalls } from './parts/recording.ts'
import { startService } from './parts/services.ts'

const BATCH = 100
const CONNECTIONS = 8
const EVENTS_PER_RUN = 20_000
const EVENTS_PER_QUICK_RUN = 4_000

/**
 * How many events a second does ingest take, and what is left of what the database could do?
 *
 * Ours: `apps/ingest` as it is started for real, on a SQLite file with `synchronous=FULL`. This process, the client,
 * has made the bodies beforehand (batches of 100) and posts them over 8 connections; the clock stops at the last
 * answer, each of which is a 200 after its commit.
 *
 * Baseline: the very SQL that recording those events runs, straight on better-sqlite3. Before each run, outside of the
 * clock, `createRecord` records the same events into a second database, in transactions of the mean size that ingest's
 * own had in the run before (from its metrics); every call of a prepared statement is noted with its positional
 * parameters, reads included. The baseline's clock runs while these calls are made again on a third database of the same
 * state, opened with the same settings: prepared statements, arrays and transactions, and no validation, merging,
 * roll-up arithmetic or HTTP. Both databases are then recounted, so that the work was really done.
 *
 * The three databases grow alike, so later runs meet larger ones on both sides.
 */
export const ingestThroughput: Question = {
  name: 'ingest-throughput',
  asks: `events a second through HTTP in batches of ${BATCH}, answered after the commit (synchronous=FULL)`,
  baseline: 'the same SQL with the same parameters run straight on better-sqlite3',
  measures: [
    { name: 'ingest_events', unit: 'events/s', goal: null },
    { name: 'ingest_cpu_per_event', unit: 'µs', goal: null },
  ],
  open,
}

async function open({ quick }: QuestionOptions): Promise<OpenQuestion> {
  const count = quick ? EVENTS_PER_QUICK_RUN : EVENTS_PER_RUN
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const databaseUrl = `sqlite:${folder.path}/ours.db`
  const ingest = await startService('ingest', databaseUrl)
  stack.use(ingest.process)
  const load = stack.use(createHttpLoad(ingest.url, CONNECTIONS))
  const capture = recordCalls(stack.use(openMigrated(`sqlite:${folder.path}/capture.db`)))
  const record = createRecord(capture.writer)
  const replayed = stack.use(openMigrated(`sqlite:${folder.path}/replayed.db`))
  const replay = createReplay(replayed.sqlite)
  const source = createObservations()

  let sent = 0
  let batches: Observation[][] = []
  let groupBatches = 1

  const captureTransactions = () => {
    const { project_id: projectId } = findProject(capture.writer, 'default')!
    capture.take()
    return chunks(batches, groupBatches).map((group) => {
      const nowMs = Date.now()
      record(
        group.map((batch) => ({ projectId, observations: batch.map((each) => parse(each, nowMs)) })),
        nowMs,
      )
      return capture.take()
    })
  }

  const running = stack.move()
  return {
    async ours() {
      batches = chunks(source.take(count, Date.now()), BATCH)
      const bodies = batches.map((batch) => Buffer.from(JSON.stringify(batch)))
      const groupsBefore = await readGroups(ingest.url)
      const cpuBefore = processorSeconds(ingest.pid)
      const startedAt = performance.now()
      await load.postAll(bodies)
      const seconds = (performance.now() - startedAt) / 1000
      const cpuSeconds = processorSeconds(ingest.pid) - cpuBefore
      const groups = await readGroups(ingest.url)
      sent += count
      const meanGroup = (groups.items - groupsBefore.items) / (groups.count - groupsBefore.count)
      groupBatches = Math.max(1, Math.round(meanGroup / BATCH))
      return { ingest_events: count / seconds, ingest_cpu_per_event: (cpuSeconds / count) * 1e6 }
    },
    async baseline() {
      const transactions = captureTransactions()
      const cpuBefore = process.cpuUsage()
      const startedAt = performance.now()
      for (const calls of transactions) replay(calls)
      const seconds = (performance.now() - startedAt) / 1000
      const { user, system } = process.cpuUsage(cpuBefore)
      return { ingest_events: count / seconds, ingest_cpu_per_event: (user + system) / count }
    },
    async verify() {
      demandAll(databaseUrl, sent)
      demandAll(`sqlite:${folder.path}/replayed.db`, sent)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function openMigrated(databaseUrl: string) {
  const writer = openWriter(databaseUrl)
  migrateUp(writer, Date.now())
  return writer
}

function parse(observation: Observation, nowMs: number) {
  const result = parseObservation(observation, nowMs, () => {
    throw new TypeError('the observations of the bench have ids')
  })
  if ('reason' in result)
    throw new TypeError(`an observation of the bench is refused: ${JSON.stringify(result)}`)
  return result.observation
}

/** Transactions of ingest so far, and the observations in them. */
async function readGroups(url: string): Promise<{ count: number; items: number }> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const read = (name: string) =>
    Number(new RegExp(`^skillwatch_ingest_commit_observations_${name} (\\S+)$`, 'm').exec(text)?.[1])
  return { count: read('count'), items: read('sum') }
}

/** @throws {Error} unless every event is there, on the change log too, and every roll-up equals its recount */
function demandAll(databaseUrl: string, sent: number): void {
  using reader = openReader(databaseUrl)
  const rows = reader.sqlite.prepare('select count(*) from skill_invocation').pluck().get()
  const { last_offset } = streamPosition(reader, findProject(reader, 'default')!.project_id)
  const differences = recount(reader, Date.now())
  if (rows === sent && last_offset === sent && differences.length === 0) return
  throw new Error(
    `${databaseUrl}: sent ${sent}, stored ${String(rows)}, newest offset ${last_offset}, ${differences.length} differences in the roll-ups`,
  )
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
