import { createSender, SendError } from '@skillwatch/client'
import { Command, InvalidArgumentError } from 'commander'
import { CLEAR_LINE, type CommandContext, note, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand, demandRightService, type Endpoint } from '../http.ts'
import { MODEL } from '../simulate/model.ts'
import { createRandom } from '../simulate/random.ts'
import { runSimulation, type SimulationStatus } from '../simulate/run-simulation.ts'
import { simulate } from '../simulate/schedule.ts'
import { simulationLines, statusLine } from '../simulate/status-text.ts'
import type { Run } from '../simulate/to-observations.ts'
import { printable } from '../text.ts'

/** Invented calls must not be counted among real ones, so they have a project of their own. */
const PROJECT = 'simulation'
const STATUS_MS = 500
/** Milliseconds for the last observations after Ctrl-C. */
const FINISH_MS_MAX = 4_000

interface Options {
  url: string
  project: string
  rate: number
  duration: number
  seed: number
  runId?: string
  json?: boolean
}

type ProjectEndpoint = Endpoint & { readonly project: string }

/** Sends simulated live load. */
export function simulateCommand(context: CommandContext): Command {
  const { calls, threads } = MODEL.fitted_to
  const command = new Command('simulate')
    .description(
      `Send simulated live load. Names, order, pauses, durations and outcomes are drawn from ${calls} ` +
        `real calls in ${threads} threads. Start and end of a call are sent when they happen. Calls that ` +
        'still run at the end, or at Ctrl-C, are abandoned. They are recorded in a project of their own, ' +
        'apart from real calls; it is made when it is missing.',
    )
    .option('--project <name>', 'the project; with an API key, that of the key', PROJECT)
    .option('--rate <calls>', 'calls to start per second', positive, 10)
    .option('--duration <seconds>', 'length of the simulation', positive, 60)
    .option('--seed <number>', 'the same seed gives the same calls', wholeNumber, 1)
    .option('--run-id <id>', 'prefix of all ids (default: made from the time, so that runs differ)')
    .option('--json', 'print the summary as JSON')
    .addOption(ingestUrlOption(context))
    .action((options: Options) => simulateLive(context, options))
  return examples(command, [
    ['skillwatch simulate', '10 calls a second for a minute'],
    ['skillwatch simulate --rate 2000 --duration 30', 'heavy load'],
    ['skillwatch simulate --seed 7 --run-id demo', 'the same calls with the same ids each time'],
    [`SKILLWATCH_PROJECT=${PROJECT} skillwatch tail`, 'watch them in a second window'],
    [`skillwatch delete --project ${PROJECT}`, 'delete them'],
  ])
}

async function simulateLive(context: CommandContext, options: Options): Promise<void> {
  await demandRightService(ingestEndpoint(context, options.url), context.signal)
  const endpoint = await openProject(context, options)
  note(context, `Recording in project ${printable(endpoint.project)}.${howToRead(endpoint)}`)
  const run = { id: options.runId ?? `sim-${context.nowMs().toString(36)}`, startedAtMs: context.nowMs() }
  const status = await play(context, endpoint, run, options)
  if (context.stderr.isTTY === true) context.stderr.write(CLEAR_LINE)
  if (status.sent.rejected > 0) context.exitCode = 1
  const { seed, json, project } = options
  if (json) return print(context, JSON.stringify({ run_id: run.id, seed, project, ...status }, null, 2))
  for (const line of simulationLines(status, { runId: run.id, seed, project })) print(context, line)
  if (context.signal.aborted) note(context, 'Stopped early. The calls that were running are abandoned.')
}

/**
 * Ingest with the project to record into. Without a key the project is made when it is missing; a key opens
 * its own project only.
 * @throws {CliError} when ingest does not answer, or would record into another project
 */
async function openProject(context: CommandContext, { url, project }: Options): Promise<ProjectEndpoint> {
  const { signal } = context
  const ingest = { ...ingestEndpoint(context, url), project: undefined }
  if (ingest.apiKey === undefined && project !== 'default')
    await demand(ingest, `/v1/projects/${encodeURIComponent(project)}`, { method: 'PUT', signal })
  const endpoint = { ...ingest, project }
  await demand(endpoint, '/v1/stream', { signal })
  return endpoint
}

function howToRead({ apiKey, project }: ProjectEndpoint): string {
  if (apiKey !== undefined || project === 'default') return ''
  return ` Commands with SKILLWATCH_PROJECT=${printable(project)} read it, such as skillwatch tail.`
}

/** @throws {CliError} when the server refuses, or does not accept the rest in time after Ctrl-C */
async function play(
  context: CommandContext,
  endpoint: Endpoint,
  run: Run,
  { rate, duration, seed }: Options,
): Promise<SimulationStatus> {
  const finish = new AbortController()
  const onAbort = () => setTimeout(() => finish.abort(new Error('stopped')), FINISH_MS_MAX).unref()
  context.signal.addEventListener('abort', onAbort, { once: true })
  const sender = openSender(endpoint, finish.signal, context.nowMs)
  const durationMs = duration * 1_000
  try {
    return await runSimulation({
      run,
      events: simulate(MODEL, { ratePerS: rate, durationMs, random: createRandom(seed) }),
      durationMs,
      send: (observations) => sender.send(observations),
      nowMs: context.nowMs,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      signal: context.signal,
      onTick: createStatusLine(context),
    })
  } catch (error) {
    if (error instanceof SendError || finish.signal.aborted)
      throw new CliError((error as Error).message, { cause: error })
    throw error
  } finally {
    context.signal.removeEventListener('abort', onAbort)
  }
}

function openSender({ url, apiKey, project }: Endpoint, signal: AbortSignal, now: () => number) {
  // A simulation mostly runs on the same machine, where compression costs more than it saves.
  const options = { inFlightMax: 4, gzipBytesMin: Number.POSITIVE_INFINITY }
  return createSender({ url, apiKey, project, signal, now, ...options })
}

/** Shows the status in one line, twice a second; undefined when stderr is not a terminal. */
function createStatusLine({ stderr }: CommandContext): ((status: SimulationStatus) => void) | undefined {
  if (stderr.isTTY !== true) return undefined
  let shownAtMs = 0
  return (status) => {
    if (performance.now() - shownAtMs < STATUS_MS) return
    shownAtMs = performance.now()
    stderr.write(`${CLEAR_LINE}${statusLine(status).slice(0, (stderr.columns ?? 80) - 1)}`)
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number above 0.')
  return value
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Expected a whole number.')
  return value
}
