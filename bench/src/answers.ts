import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@skillwatch/testkit'
import type { OpenQuestion, Question, QuestionOptions, Values } from './harness/question.ts'
import { quantile } from './harness/statistics.ts'
import { CALLS_PER_TURN, fillWithTurns } from './parts/fill-turns.ts'
import { createHttpLoad, type HttpLoad } from './parts/http-load.ts'
import { startService } from './parts/services.ts'

const ROWS = 1_000_000
const QUICK_ROWS = 16_000
/** Requests of each read, one after the other. */
const REQUESTS = 100
const COMMANDS_REPEATED = 10
const CLI = fileURLToPath(new URL('../../apps/cli/bin.mjs', import.meta.url))

const READS: Readonly<Record<string, string>> = {
  overview: '/v1/overview',
  skills: '/v1/skills?limit=1000',
  uses: '/v1/uses?limit=100',
  uses_of_skill: '/v1/uses?skill_name=skill-1&limit=100',
  uses_summary_7d: '/v1/uses/summary?by=skill&since=7d',
  uses_summary_90d: '/v1/uses/summary?by=skill&since=90d',
  uses_by_repository: '/v1/uses/summary?by=repository&since=90d',
  turns: '/v1/turns?limit=100',
  timeline: '/v1/sessions/session-1/timeline',
  usage_by_model: '/v1/usage?by=model&since=90d',
  usage_by_day: '/v1/usage?by=day,model&since=30d',
  usage_by_skill: '/v1/usage?by=skill&since=30d',
  sessions: '/v1/sessions?limit=100',
}

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  overview: ['overview'],
  skills: ['skills'],
  sessions: ['sessions'],
  usage: ['usage'],
  show: ['show', 'session-1'],
}

/**
 * How long does a person wait for an answer, when a year of work is recorded?
 *
 * Ours: 1,000,000 calls (`--rows`) in 16 to a turn, four responses each, of 1,000 skills over 90 days. For
 * each read the 99th percentile of 100 requests, and for each command that of 10 whole runs. Baseline: an
 * empty route of the gateway, and `skillwatch --version`.
 */
export const answers: Question = {
  name: 'answers',
  asks: 'p99 of reads and commands with 1,000,000 calls (--rows)',
  baseline: 'p99 of an empty route, and of `skillwatch --version`',
  measures: [
    ...Object.keys(READS).map((name) => ({ name: `read_${name}`, unit: 'ms', goal: 50 })),
    ...Object.keys(COMMANDS).map((name) => ({ name: `command_${name}`, unit: 'ms', goal: 400 })),
  ],
  isMeasuredOnce: true,
  isLong: true,
  open,
}

async function open({ quick, rows = quick ? QUICK_ROWS : ROWS }: QuestionOptions): Promise<OpenQuestion> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const path = `${folder.path}/skillwatch.db`
  await fillWithTurns(path, Math.ceil(rows / CALLS_PER_TURN))
  const gateway = await startService('ws-gateway', `sqlite:${path}`)
  stack.use(gateway.process)
  const load = stack.use(createHttpLoad(gateway.url, 1))
  const env = { ...process.env, WS_GATEWAY_PORT: new URL(gateway.url).port, SKILLWATCH_URL: gateway.url }
  const running = stack.move()
  return {
    ours: async () => ({ ...(await readAll(load)), ...(await commandAll(gateway.url, env)) }),
    baseline: async () => {
      const route = await p99(REQUESTS, () => load.send('GET', '/health/live'))
      const version = await p99(COMMANDS_REPEATED, () => run(['--version'], env))
      return {
        ...Object.fromEntries(Object.keys(READS).map((name) => [`read_${name}`, route])),
        ...Object.fromEntries(Object.keys(COMMANDS).map((name) => [`command_${name}`, version])),
      }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function readAll(load: HttpLoad): Promise<Values> {
  const values: Record<string, number> = {}
  for (const [name, path] of Object.entries(READS))
    values[`read_${name}`] = await p99(REQUESTS, () => load.send('GET', path))
  return values
}

async function commandAll(url: string, env: NodeJS.ProcessEnv): Promise<Values> {
  const values: Record<string, number> = {}
  for (const [name, command] of Object.entries(COMMANDS))
    values[`command_${name}`] = await p99(COMMANDS_REPEATED, () => run([...command, '--url', url], env))
  return values
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  await promisify(execFile)(process.execPath, [CLI, ...args], { env, maxBuffer: 64 * 1_048_576 })
}

/**
 * The 99th percentile of so many runs, one after the other, in milliseconds; the first one is not counted.
 */
async function p99(count: number, work: () => Promise<unknown>): Promise<number> {
  await work()
  const durations: number[] = []
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now()
    await work()
    durations.push(performance.now() - startedAt)
  }
  return quantile(durations, 0.99)
}
