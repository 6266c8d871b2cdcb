import { temporaryFolder, until } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { quantile } from './harness/statistics.ts'
import { startEmptyRoute } from './hook-parts/empty-route.ts'
import { hookEvents } from './hook-parts/events.ts'
import { createHttpLoad } from './parts/http-load.ts'
import { startService } from './parts/services.ts'
import { countEnded } from './parts/stored.ts'

const CALLS_PER_RUN = 1_500
const CALLS_PER_QUICK_RUN = 300
const SESSION = 'bench'

/**
 * How long does an agent wait for our hook, and how much of it does any HTTP hook cost?
 *
 * Ours: `apps/ingest` as in production, with `synchronous=FULL`. One client with one connection, as an agent
 * has, sends PreToolUse and PostToolUse of one call after the other, each when the one before is answered:
 * the commits of the earlier ones happen meanwhile. After the last run every call must be in the database.
 *
 * Baseline: a Fastify route that returns `{}`, in a process of its own, and the same requests.
 */
export const hook: Question = {
  name: 'hook',
  asks: 'milliseconds from a hook to its answer over HTTP, one after the other',
  baseline: 'the same requests to an empty Fastify route',
  measures: [
    { name: 'hook_p99', unit: 'ms', goal: 5 },
    { name: 'hook_p50', unit: 'ms', goal: null },
  ],
  open,
}

async function open({ quick }: QuestionOptions): Promise<OpenQuestion> {
  const calls = quick ? CALLS_PER_QUICK_RUN : CALLS_PER_RUN
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const databaseUrl = `sqlite:${folder.path}/skillwatch.db`
  const ingest = await startService('ingest', databaseUrl)
  stack.use(ingest.process)
  const emptyUrl = await startEmptyRoute(stack)

  let sent = 0
  const running = stack.move()
  return {
    async ours() {
      const values = await measureCalls(ingest.url, calls, sent)
      sent += calls
      return values
    },
    baseline: () => measureCalls(emptyUrl, calls, 0),
    async verify() {
      const areStored = () => countEnded(databaseUrl, SESSION) === sent
      await until(areStored, { timeoutMs: 5_000, what: `${sent} calls are stored` })
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function measureCalls(baseUrl: string, calls: number, first: number): Promise<Values> {
  using load = createHttpLoad(baseUrl, 1)
  const durationsMs: number[] = []
  for (let number = first; number < first + calls; number++) {
    for (const body of hookEvents(number, SESSION)) {
      const startedAt = performance.now()
      await load.send('POST', '/v1/hooks/claude-code', body)
      durationsMs.push(performance.now() - startedAt)
    }
  }
  return { hook_p99: quantile(durationsMs, 0.99), hook_p50: quantile(durationsMs, 0.5) }
}
