import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type RunningProcess, startProcess, temporaryFolder, until } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { quantile } from './harness/statistics.ts'
import { startEmptyRoute } from './hook-parts/empty-route.ts'
import { hookEvents } from './hook-parts/events.ts'
import type { LoadResult } from './hook-parts/load.ts'
import { createHttpLoad, type HttpLoad, toBody } from './parts/http-load.ts'
import { Latencies } from './parts/latencies.ts'
import { startService } from './parts/services.ts'
import { countEnded } from './parts/stored.ts'

const PACED_PER_SECOND = 5_000
const PACED_EVENTS = 20_000
const BULK_EVENTS = 40_000
/** From one request to the next, whatever the answers take. */
const REQUEST_EVERY_MS = 5
/** So many that no request waits for a connection when answers are late. */
const CONNECTIONS = 1_000
const SESSION = 'beside'
const EMPTY_BODY = toBody({})

/**
 * How long does an agent wait for our hook while another process keeps ingest busy?
 *
 * Ours: a hook every 5 ms while a process of its own sends 5,000 events a second in batches of 100 (paced),
 * and while it sends 40,000 events as fast as ingest takes them (bulk). `same_service` is an empty route of
 * ingest (`GET /health/live`), requested beside a load of its own: what a hook waits beyond it is the work
 * of the hook itself. The last measure is the rate that the paced load reached; where it is far below 5,000,
 * the machine is too busy.
 *
 * Baseline: an empty Fastify route in a process of its own, requested beside a load like that of the hooks,
 * so that it contains what the machine costs. A ratio near 1 means that the load inside ingest does not
 * delay a hook. Each is requested beside its own load, because on two processors they would delay one
 * another.
 */
export const hookBesideLoad: Question = {
  name: 'hook-beside-load',
  asks: `ms from a hook to its answer beside ${PACED_PER_SECOND} events/s and ${BULK_EVENTS} at once`,
  baseline: 'an empty Fastify route in a process of its own beside the same load',
  measures: [
    { name: 'hook_paced_p99', unit: 'ms', goal: 5 },
    { name: 'hook_paced_p50', unit: 'ms', goal: null },
    { name: 'hook_bulk_p99', unit: 'ms', goal: null },
    { name: 'hook_bulk_p50', unit: 'ms', goal: null },
    { name: 'same_service_paced_p99', unit: 'ms', goal: null },
    { name: 'same_service_bulk_p99', unit: 'ms', goal: null },
    { name: 'hook_paced_load', unit: 'events/s', goal: null },
  ],
  open,
}

async function open({ quick }: QuestionOptions): Promise<OpenQuestion> {
  const share = quick ? 0.25 : 1
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const databaseUrl = `sqlite:${folder.path}/skillwatch.db`
  const ingest = await startService('ingest', databaseUrl)
  stack.use(ingest.process)
  const toIngest = stack.use(createHttpLoad(ingest.url, CONNECTIONS))
  const toEmpty = stack.use(createHttpLoad(await startEmptyRoute(stack), CONNECTIONS))
  const sendHook = createCalls(toIngest)
  let loads = 0
  const beside = async (send: Send): Promise<Measured> => {
    const measure = async (events: number, perSecond: number) => {
      await using load = await startLoad(ingest.url, events * share, perSecond, `${++loads}`)
      return await measureBeside(load, send)
    }
    return {
      paced: await measure(PACED_EVENTS, PACED_PER_SECOND),
      bulk: await measure(BULK_EVENTS, 0),
    }
  }

  const running = stack.move()
  return {
    async ours() {
      const hook = await beside(sendHook)
      return toValues(hook, await beside(() => toIngest.send('GET', '/health/live')))
    },
    async baseline() {
      const empty = await beside(() => toEmpty.send('POST', '/v1/hooks/claude-code', EMPTY_BODY))
      return toValues(empty, empty)
    },
    async verify() {
      const areStored = () => countEnded(databaseUrl, SESSION) === sendHook.count()
      await until(areStored, { timeoutMs: 10_000, what: `${sendHook.count()} calls are stored` })
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** What is requested beside a load. */
type Send = () => Promise<unknown>

/** Milliseconds of the answers beside one load, and the rate in events a second that this load reached. */
interface Answers {
  readonly durationsMs: readonly number[]
  readonly eventsPerSecond: number
}

type Measured = Readonly<Record<'paced' | 'bulk', Answers>>

/** Sends the hooks of call after call: a start, then its end. */
function createCalls(requests: HttpLoad) {
  let count = 0
  const bodies: Buffer[] = []
  const send = async () => {
    if (bodies.length === 0) bodies.push(...hookEvents(count++, SESSION))
    await requests.send('POST', '/v1/hooks/claude-code', bodies.shift())
  }
  /** Calls that are complete. */
  return Object.assign(send, { count: () => count - (bodies.length > 0 ? 1 : 0) })
}

function startLoad(url: string, events: number, perSecond: number, part: string): Promise<RunningProcess> {
  const path = fileURLToPath(new URL('./hook-parts/load.ts', import.meta.url))
  return startProcess({ args: [path, url, String(events), String(perSecond), part], ready: /^ready$/m })
}

async function measureBeside(load: RunningProcess, send: Send): Promise<Answers> {
  const latencies = new Latencies()
  let hasEnded = false
  void load.exited.then(() => {
    hasEnded = true
  })
  load.kill('SIGUSR2')
  const startedAt = performance.now()
  for (let number = 1; !hasEnded; number++) {
    latencies.add(send())
    await delay(Math.max(0, startedAt + number * REQUEST_EVERY_MS - performance.now()))
  }
  const { events, seconds } = await resultOf(load)
  return { durationsMs: await latencies.durationsMs(), eventsPerSecond: events / seconds }
}

/** @throws {Error} with what the load wrote, when it did not send everything */
async function resultOf(load: RunningProcess): Promise<LoadResult> {
  const { code } = await load.exited
  const result = /^\{.*\}$/m.exec(load.output())?.[0]
  if (code === 0 && result !== undefined) return JSON.parse(result) as LoadResult
  throw new Error(`the load ended before it had sent everything:\n${load.output()}`)
}

function toValues(requested: Measured, sameService: Measured): Values {
  return {
    hook_paced_p99: quantile(requested.paced.durationsMs, 0.99),
    hook_paced_p50: quantile(requested.paced.durationsMs, 0.5),
    hook_bulk_p99: quantile(requested.bulk.durationsMs, 0.99),
    hook_bulk_p50: quantile(requested.bulk.durationsMs, 0.5),
    same_service_paced_p99: quantile(sameService.paced.durationsMs, 0.99),
    same_service_bulk_p99: quantile(sameService.bulk.durationsMs, 0.99),
    hook_paced_load: requested.paced.eventsPerSecond,
  }
}
