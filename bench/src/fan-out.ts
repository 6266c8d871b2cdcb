import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, type RunningProcess, startProcess, temporaryFolder } from '@skillwatch/testkit'
import type { ClientsResult } from './fan-out-parts/clients.ts'
import { processorSeconds } from './harness/processor-time.ts'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { createHttpLoad } from './parts/http-load.ts'
import { createObservations } from './parts/observations.ts'
import { startService } from './parts/services.ts'

const CLIENTS = 1_000
const FEED = { batch: 5, everyMs: 10 }
const CHANGES_PER_RUN = 2_000
const CHANGES_PER_QUICK_RUN = 500
const CONNECTIONS = 16

/**
 * How many messages a second does the gateway deliver to 1,000 clients, and what is left of what `ws` could do?
 *
 * Ours: `apps/ingest` and `apps/ws-gateway` as they are started for real. 1,000 clients in a process of their own
 * subscribe to everything; then ingest is sent 5 observations every 10 ms (500 a second). At each look at the log the
 * gateway sends each client one message with all that is new, so there is always something to send and the gateway is
 * never idle. The clock runs, in the clients' process, from the first message until every client has had every change.
 *
 * Counted are WebSocket messages that carry changes, as received, all clients together; and the changes in them: one
 * invocation delivered to 1,000 clients is 1,000 changes. Each client proves that its ranges meet. Handshakes, `hello`,
 * `subscribed` and pings are not counted.
 *
 * Baseline: a process with a bare `ws` server sends exactly the messages that ours sent in the run before, the same
 * bytes from buffers that are ready, to 1,000 clients of the same kind, as fast as they take them; meanwhile ingest is
 * fed in the same way, so that the processors are shared alike. The changes a second of ours are bounded by the feed,
 * those of the baseline are not; the processor time per message compares what the sending costs.
 */
export const fanOut: Question = {
  name: 'fan-out',
  asks: `messages with changes delivered a second to ${CLIENTS} clients of the gateway, ingest being fed`,
  baseline: 'the same messages sent by a bare ws server to as many clients, as fast as they take them',
  measures: [
    { name: 'fan_out_messages', unit: 'messages/s', goal: null },
    { name: 'fan_out_changes', unit: 'changes/s', goal: null },
    { name: 'fan_out_cpu_per_message', unit: 'µs', goal: null },
  ],
  open,
}

async function open({ quick }: QuestionOptions): Promise<OpenQuestion> {
  const count = quick ? CHANGES_PER_QUICK_RUN : CHANGES_PER_RUN
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

  /** Sends at the given times, whatever the answers take, as agents do. */
  const feed = async (stop?: AbortSignal) => {
    const answers: Promise<void>[] = []
    const startedAt = performance.now()
    for (let index = 0; index < count / FEED.batch && !stop?.aborted; index++) {
      await delay(Math.max(0, startedAt + index * FEED.everyMs - performance.now()))
      answers.push(load.post(Buffer.from(JSON.stringify(source.take(FEED.batch, Date.now())))))
    }
    await Promise.all(answers)
  }

  let ours: ClientsResult | undefined
  const running = stack.move()
  return {
    async ours() {
      await using clients = await startClients(gateway.url, count, messagesPath)
      const cpuBefore = processorSeconds(gateway.pid)
      const [result] = await Promise.all([resultOf(clients), feed()])
      ours = result
      return toValues(result, processorSeconds(gateway.pid) - cpuBefore)
    },
    async baseline() {
      const port = await freePort()
      await using server = await startPart('bare-server', [port, CLIENTS, messagesPath], /listening/)
      await using clients = await startClients(`http://127.0.0.1:${port}`, count, `${folder.path}/echo.ndjson`)
      const stop = new AbortController()
      const fed = feed(stop.signal)
      const cpuBefore = processorSeconds(server.pid)
      server.kill('SIGUSR2')
      const result = await resultOf(clients)
      const cpuSeconds = processorSeconds(server.pid) - cpuBefore
      stop.abort()
      await fed
      demandSame(ours!, result)
      return toValues(result, cpuSeconds)
    },
    async verify() {
      // Each run has proved itself: every client had every change, in ranges that meet, and the bytes are the same.
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function startClients(url: string, count: number, messagesPath: string): Promise<RunningProcess> {
  return startPart('clients', [url, CLIENTS, count, messagesPath], /^subscribed$/m)
}

function startPart(name: string, args: readonly (string | number)[], ready: RegExp): Promise<RunningProcess> {
  const path = fileURLToPath(new URL(`./fan-out-parts/${name}.ts`, import.meta.url))
  return startProcess({ args: [path, ...args.map(String)], ready, timeoutMs: 30_000 })
}

/** @throws {Error} with what the clients said, when one of them was not sent everything */
async function resultOf(clients: RunningProcess): Promise<ClientsResult> {
  const timer = setTimeout(() => clients.kill('SIGKILL'), RUN_MS_MAX)
  const { code } = await clients.exited
  clearTimeout(timer)
  const result = /^\{.*\}$/m.exec(clients.output())?.[0]
  if (code === 0 && result !== undefined) return JSON.parse(result) as ClientsResult
  throw new Error(`the clients ended with ${code ?? 'a signal'} before they had everything:\n${clients.output()}`)
}

const RUN_MS_MAX = 30_000

function toValues({ seconds, messages, changes }: ClientsResult, cpuSeconds: number): Values {
  return {
    fan_out_messages: messages / seconds,
    fan_out_changes: changes / seconds,
    fan_out_cpu_per_message: (cpuSeconds / messages) * 1e6,
  }
}

function demandSame(ours: ClientsResult, baseline: ClientsResult): void {
  const equal = ours.changes === baseline.changes
  if (equal) return
  throw new Error(`the baseline delivered something else: ${JSON.stringify({ ours, baseline })}`)
}
