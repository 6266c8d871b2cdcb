import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, type RunningProcess, startProcess, temporaryFolder } from '@skillwatch/testkit'
import type { ClientsResult } from './fan-out-parts/clients.ts'
import { processorSeconds } from './harness/processor-time.ts'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { createHttpLoad, toBody } from './parts/http-load.ts'
import { createObservations } from './parts/observations.ts'
import { startService } from './parts/services.ts'

const CLIENTS = 1_000
const CONNECTIONS = 16
const RUN_MS_MAX = 30_000

/** What is sent to ingest during a run. */
interface Feed {
  readonly count: number
  readonly quickCount: number
  readonly batch: number
  /** Time from one batch to the next, whatever the answers take; 0: as soon as a connection is free. */
  readonly everyMs: number
}

/**
 * How many messages a second does the gateway deliver to 1,000 clients, compared with what `ws` could
 * deliver?
 *
 * Ours: `apps/ingest` and `apps/ws-gateway` as in production. 1,000 clients in a process of their own
 * subscribe to all invocations; then ingest is sent one observation every 5 ms. The gateway reads the log
 * every few milliseconds and sends each client one message with all that is new. Messages are small, so
 * their number is what matters. The time runs in the clients' process, from the first message until every
 * client has received every change.
 *
 * Counted are received WebSocket messages that contain changes, and the changes in them, of all clients
 * together: one invocation delivered to 1,000 clients is 1,000 changes. Each client checks that the ranges
 * follow each other without a gap. Handshakes, `hello`, `subscribed` and pings are not counted.
 *
 * Baseline: a process with a bare `ws` server sends the messages that the first client received in the run
 * before, from prepared buffers, to 1,000 clients of the same kind, as fast as they read them. Meanwhile
 * ingest is sent the same observations, so that both sides share the processors alike. Our rate is also
 * limited by how fast ingest is sent observations and by how often the gateway reads the log, the baseline's
 * rate is not; the processor time per message compares the cost of sending itself.
 */
export const fanOut: Question = question(
  'fan-out',
  'fan_out',
  `messages with changes delivered a second to ${CLIENTS} clients of the gateway, one invocation every 5 ms`,
  { count: 600, quickCount: 200, batch: 1, everyMs: 5 },
)

/**
 * The same with a burst: ingest is sent everything at once in batches of 100. Messages are then large, the
 * gateway pauses clients, and the number of changes is what matters.
 */
export const fanOutBurst: Question = question(
  'fan-out-burst',
  'fan_out_burst',
  `the same with 2,000 invocations sent at once: large messages, paused clients`,
  { count: 2_000, quickCount: 500, batch: 100, everyMs: 0 },
)

function question(name: string, prefix: string, asks: string, feed: Feed): Question {
  return {
    name,
    asks,
    baseline: 'the same messages sent by a bare ws server to as many clients, as fast as they take them',
    measures: [
      { name: `${prefix}_messages`, unit: 'messages/s', goal: null },
      { name: `${prefix}_changes`, unit: 'changes/s', goal: null },
      { name: `${prefix}_cpu_per_message`, unit: 'µs', goal: null },
    ],
    open: (options) => open(prefix, feed, options),
  }
}

async function open(prefix: string, feed: Feed, { quick }: QuestionOptions): Promise<OpenQuestion> {
  const count = quick ? feed.quickCount : feed.count
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const messagesPath = `${folder.path}/messages.ndjson`
  const databaseUrl = `sqlite:${folder.path}/skillwatch.db`
  const ingest = await startService('ingest', databaseUrl)
  stack.use(ingest.process)
  const gateway = await startService('ws-gateway', databaseUrl)
  stack.use(gateway.process)
  const load = stack.use(createHttpLoad(ingest.url, CONNECTIONS))
  const source = createObservations()

  const sendAll = async (stop?: AbortSignal) => {
    const answers: Promise<void>[] = []
    const startedAt = performance.now()
    for (let index = 0; index < count / feed.batch && !stop?.aborted; index++) {
      const waitMs = startedAt + index * feed.everyMs - performance.now()
      if (waitMs > 0) await delay(waitMs)
      answers.push(load.post(toBody(source.take(feed.batch, Date.now()))))
    }
    await Promise.all(answers)
  }

  let ours: ClientsResult | undefined
  const running = stack.move()
  return {
    async ours() {
      await using clients = await startClients(gateway.url, count, messagesPath)
      const cpuBefore = processorSeconds(gateway.pid)
      const [result] = await Promise.all([resultOf(clients), sendAll()])
      ours = result
      return toValues(prefix, result, processorSeconds(gateway.pid) - cpuBefore)
    },
    async baseline() {
      const port = await freePort()
      await using server = await startPart('bare-server', [port, CLIENTS, messagesPath], /listening/)
      await using clients = await startClients(
        `http://127.0.0.1:${port}`,
        count,
        `${folder.path}/echo.ndjson`,
      )
      const stop = new AbortController()
      const fed = sendAll(stop.signal)
      const cpuBefore = processorSeconds(server.pid)
      server.kill('SIGUSR2')
      const result = await resultOf(clients)
      const cpuSeconds = processorSeconds(server.pid) - cpuBefore
      stop.abort()
      await fed
      demandSame(ours!, result)
      return toValues(prefix, result, cpuSeconds)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function startClients(url: string, count: number, messagesPath: string): Promise<RunningProcess> {
  return startPart('clients', [url, CLIENTS, count, messagesPath], /^subscribed$/m)
}

function startPart(
  name: string,
  args: readonly (string | number)[],
  ready: RegExp,
): Promise<RunningProcess> {
  const path = fileURLToPath(new URL(`./fan-out-parts/${name}.ts`, import.meta.url))
  return startProcess({ args: [path, ...args.map(String)], ready, timeoutMs: 30_000 })
}

/** @throws {Error} with the output of the clients, when one of them did not receive everything */
async function resultOf(clients: RunningProcess): Promise<ClientsResult> {
  const timer = setTimeout(() => clients.kill('SIGKILL'), RUN_MS_MAX)
  const { code } = await clients.exited
  clearTimeout(timer)
  const result = /^\{.*\}$/m.exec(clients.output())?.[0]
  if (code === 0 && result !== undefined) return JSON.parse(result) as ClientsResult
  throw new Error(
    `the clients ended with ${code ?? 'a signal'} before they had received everything:\n${clients.output()}`,
  )
}

function toValues(
  prefix: string,
  { seconds, messages, changes }: ClientsResult,
  cpuSeconds: number,
): Values {
  return {
    [`${prefix}_messages`]: messages / seconds,
    [`${prefix}_changes`]: changes / seconds,
    [`${prefix}_cpu_per_message`]: (cpuSeconds / messages) * 1e6,
  }
}

/** @throws {Error} when the baseline delivered another number of changes */
function demandSame(ours: ClientsResult, baseline: ClientsResult): void {
  if (ours.changes === baseline.changes) return
  throw new Error(`the baseline delivered another number of changes: ${JSON.stringify({ ours, baseline })}`)
}
