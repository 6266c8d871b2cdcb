import { createSender, SendError } from '@skillwatch/client'
import { Command, InvalidArgumentError } from 'commander'
import { type CommandContext, note, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { MODEL } from '../simulate/model.ts'
import { createRandom } from '../simulate/random.ts'
import { runSimulation, type SimulationStatus } from '../simulate/run-simulation.ts'
import { simulate } from '../simulate/schedule.ts'
import { simulationLines, statusLine } from '../simulate/status-text.ts'

const STATUS_MS = 500
/** Carriage return, and erase to the end of the line. */
const CLEAR_LINE = '\r\u001b[K'
/** After Ctrl-C: how long the last observations may take. */
const FINISH_MS_MAX = 4_000

interface Options {
  url: string
  rate: number
  duration: number
  seed: number
  runId?: string
  json?: boolean
}

/** Live load with the shape of real sessions. */
export function simulateCommand(context: CommandContext): Command {
  const { calls, threads } = MODEL.fitted_to
  const command = new Command('simulate')
    .description(
      `Send live load: what is called, what follows, after which pause, for how long and with what outcome is drawn from ${calls} real calls in ${threads} threads. ` +
        'Start and end of a call are sent as they happen. Calls still running at the end, or at Ctrl-C, are abandoned.',
    )
    .option('--rate <calls>', 'calls that start in a second', positive, 10)
    .option('--duration <seconds>', 'how long', positive, 60)
    .option('--seed <number>', 'the same seed gives the same calls', wholeNumber, 1)
    .option('--run-id <id>', 'begins all ids (default: made from the time, so that runs differ)')
    .option('--json', 'print the summary as JSON')
    .addOption(ingestUrlOption(context))
    .action((options: Options) => simulateLive(context, options))
  return examples(command, [
    ['skillwatch simulate', '10 calls a second for a minute'],
    ['skillwatch simulate --rate 2000 --duration 30', 'heavy load'],
    ['skillwatch simulate --seed 7 --run-id demo', 'the same calls with the same ids each time'],
  ])
}

async function simulateLive(context: CommandContext, options: Options): Promise<void> {
  const { url, rate, duration, seed } = options
  const endpoint = ingestEndpoint(context, url)
  await demand(endpoint, '/v1/stream', { signal: context.signal })
  const startedAtMs = context.nowMs()
  const run = { id: options.runId ?? `sim-${startedAtMs.toString(36)}`, startedAtMs }
  const finish = new AbortController()
  const onAbort = () => setTimeout(() => finish.abort(new Error('stopped')), FINISH_MS_MAX).unref()
  context.signal.addEventListener('abort', onAbort, { once: true })
  const sender = createSender({
    url: endpoint.url,
    apiKey: endpoint.apiKey,
    inFlightMax: 4,
    // Compressing costs more than it saves on the way to one's own machine, where a simulation mostly goes.
    gzipBytesMin: Number.POSITIVE_INFINITY,
    signal: finish.signal,
    now: context.nowMs,
  })
  const status = await runSimulation({
    run,
    events: simulate(MODEL, { ratePerS: rate, durationMs: duration * 1_000, random: createRandom(seed) }),
    durationMs: duration * 1_000,
    send: (observations) => sender.send(observations),
    nowMs: context.nowMs,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    signal: context.signal,
    onTick: createStatusLine(context),
  }).catch((error: unknown) => {
    if (error instanceof SendError || finish.signal.aborted)
      throw new CliError((error as Error).message, { cause: error })
    throw error
  })
  context.signal.removeEventListener('abort', onAbort)
  if (context.stderr.isTTY === true) context.stderr.write(CLEAR_LINE)
  if (status.sent.rejected > 0) context.exitCode = 1
  if (options.json) return print(context, JSON.stringify({ run_id: run.id, seed, ...status }, null, 2))
  for (const line of simulationLines(status, { runId: run.id, seed })) print(context, line)
  if (context.signal.aborted) note(context, 'Stopped early; calls that were running are abandoned.')
}

/** Rewrites one line on a terminal twice a second; silent elsewhere. */
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
