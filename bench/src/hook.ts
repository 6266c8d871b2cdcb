import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { findProject, openReader, streamPosition } from '@skillwatch/db'
import { freePort, startProcess, temporaryFolder, until } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { startService } from './parts/services.ts'

const CALLS_PER_RUN = 1_500
const CALLS_PER_QUICK_RUN = 300

/**
 * How long does an agent wait for our hook, and what of it is the price of any HTTP hook?
 *
 * Ours: `apps/ingest` as it is started for real, with `synchronous=FULL`. One client with one connection, as an agent
 * has, sends PreToolUse and PostToolUse of one call after the other, each when the one before is answered: the commits
 * of the earlier ones happen meanwhile. After the last run every call must be in the database.
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
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  stack.defer(() => agent.destroy())

  let sent = 0
  const running = stack.move()
  return {
    async ours() {
      const values = await measureCalls(ingest.url, agent, calls, sent)
      sent += calls
      return values
    },
    baseline: () => measureCalls(emptyUrl, agent, calls, 0),
    verify: () => demandAll(databaseUrl, sent),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function startEmptyRoute(stack: AsyncDisposableStack): Promise<string> {
  const port = await freePort()
  const path = fileURLToPath(new URL('./hook-parts/empty-server.ts', import.meta.url))
  stack.use(await startProcess({ args: [path, String(port)], ready: /listening/ }))
  return `http://127.0.0.1:${port}`
}

async function measureCalls(baseUrl: string, agent: Agent, calls: number, first: number): Promise<Values> {
  const url = new URL('/v1/hooks/claude-code', baseUrl)
  const durationsMs: number[] = []
  for (let number = first; number < first + calls; number++) {
    for (const body of eventsOf(number)) {
      const startedAt = performance.now()
      await post(url, agent, body)
      durationsMs.push(performance.now() - startedAt)
    }
  }
  durationsMs.sort((a, b) => a - b)
  return { hook_p99: quantile(durationsMs, 0.99), hook_p50: quantile(durationsMs, 0.5) }
}

/** Begin and end of one call, with a result as large as a screen of text. */
function eventsOf(number: number): Buffer[] {
  const call = {
    session_id: 'bench',
    transcript_path: '/home/me/.claude/projects/-home-me-web/bench.jsonl',
    cwd: '/home/me/web',
    prompt_id: `prompt-${Math.floor(number / 10)}`,
    tool_name: 'Bash',
    tool_input: { command: 'npm test -- --run', description: 'Run the tests' },
    tool_use_id: `toolu_bench_${number}`,
  }
  const end = { tool_response: { stdout: 'x'.repeat(4_000), stderr: '' }, duration_ms: 1_234 }
  return [
    Buffer.from(JSON.stringify({ ...call, hook_event_name: 'PreToolUse' })),
    Buffer.from(JSON.stringify({ ...call, ...end, hook_event_name: 'PostToolUse' })),
  ]
}

function post(url: URL, agent: Agent, body: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      if (response.statusCode !== 200)
        reject(new Error(`expected 200 from ${url}, got ${response.statusCode}`))
      response.on('end', resolve).on('error', reject).resume()
    })
    sent.on('error', reject).end(body)
  })
}

/** @param sorted ascending */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}

/** @throws {Error} unless every call is stored, ended */
async function demandAll(databaseUrl: string, sent: number): Promise<void> {
  using reader = openReader(databaseUrl)
  const ended = () =>
    reader.sqlite.prepare("select count(*) from skill_invocation where outcome = 'completed'").pluck().get()
  await until(() => ended() === sent, { timeoutMs: 5_000, what: `${sent} calls are stored` })
  const { last_offset } = streamPosition(reader, findProject(reader, 'default')!.project_id)
  if (last_offset < sent) throw new Error(`sent ${sent} calls, but the newest offset is ${last_offset}`)
}
