import { type StreamOptions, StreamRefusedError, streamChanges } from '@skillwatch/client'
import type { Change, Kind, Outcome, StreamFilter, StreamPosition } from '@skillwatch/schema'
import { KINDS, OUTCOMES } from '@skillwatch/schema/vocabulary'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type CommandContext, note } from '../context.ts'
import { CliError } from '../errors.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand, type Endpoint } from '../http.ts'
import { parseInstantOption } from '../instant.ts'
import { reported, untilLost } from '../tail/connection.ts'
import { tailFindings } from '../tail/findings.ts'
import { shownInstant } from '../tail/line.ts'
import { createLines } from '../tail/lines.ts'
import { printStream, renderJson } from '../tail/print-stream.ts'
import { startOfLast } from '../tail/start-of-last.ts'

interface TailOptions {
  skill?: string[]
  kind?: Kind[]
  session?: string[]
  outcome?: Outcome[]
  phase?: string[]
  from?: 'now' | 'start'
  lines?: number
  since?: string
  follow: boolean
  json?: boolean
  running?: boolean
  findings?: boolean
  url: string
}

/** Stored invocations that `--no-follow` shows when nothing else says how many, as tail(1) does. */
const LINES_WITHOUT_FOLLOWING = 10
const LINES_MAX = 100_000

/** Shows invocations live, one line each. */
export function tailCommand(context: CommandContext): Command {
  const command = new Command('tail')
    .description(
      'Show invocations live, in the order in which they are recorded. After a lost connection it ' +
        'continues without a gap. The signs: … running, ✔ completed, ✘ failed, ⊘ rejected, ∅ abandoned. ' +
        'A duration with ≤ includes waiting.',
    )
    .addOption(new Option('--skill <name...>', 'only this skill, command, agent or tool'))
    .addOption(new Option('--kind <kind...>', 'only this kind').choices(KINDS))
    .addOption(new Option('--session <id...>', 'only this session'))
    .addOption(new Option('--outcome <outcome...>', 'only this outcome').choices(OUTCOMES))
    .addOption(new Option('--phase <phase...>', 'only this workflow phase'))
    .option('-n, --lines <number>', 'begin with the last <number> stored invocations', parseLines)
    .option(
      '--since <instant>',
      'begin with the stored invocations since then: an age such as 90d, a day, or a date-time',
      (text) => parseInstantOption(text, context.nowMs()),
    )
    .addOption(
      new Option('--from <where>', 'begin with all stored invocations, or with new ones (default: now)')
        .choices(['start', 'now'])
        .conflicts(['lines', 'since']),
    )
    .option(
      '--no-follow',
      `show only stored invocations: the last ${LINES_WITHOUT_FOLLOWING}, or those of --lines, --since or ` +
        '--from start',
    )
    .option('--running', 'also show invocations that have started and not ended')
    .addOption(
      new Option(
        '--findings',
        'show findings in place of invocations: when one is opened, revised or resolved',
      ).conflicts(['session', 'outcome', 'phase', 'lines', 'running']),
    )
    .option('--json', 'print each change as one line of JSON')
    .action((options: TailOptions) => tail(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch tail', 'every invocation that ends from now on'],
    ['skillwatch tail -n 20', 'the last 20, then new ones'],
    ['skillwatch tail --no-follow --since 1h --outcome failed', 'the failures of the last hour'],
    ['skillwatch tail --kind skill --kind command --running', 'two kinds, also when they start'],
    ['skillwatch tail --findings', 'what begins and ends to differ from usual'],
    ['skillwatch tail --json | jq .invocation.skill_name', 'for scripts'],
  ])
}

async function tail(context: CommandContext, options: TailOptions): Promise<void> {
  if (!options.follow && options.from === 'now') {
    const message = '--no-follow shows stored invocations and --from now leaves them out: give only one.'
    throw new CliError(message, { exitCode: 2 })
  }
  const endpoint = gatewayEndpoint(context, options.url)
  try {
    await (options.findings ? tailFindings : printChanges)(context, endpoint, options)
  } catch (error) {
    if (!(error instanceof StreamRefusedError)) throw error
    // A request is refused for the same reason, with what to do.
    if (error.code === 'wrong_project') await positionOf(endpoint, context.signal)
    const message = `ws-gateway at ${endpoint.url} refuses: ${error.message}.${keyHint(error, endpoint)}`
    throw new CliError(message, { cause: error })
  }
}

async function printChanges(
  context: CommandContext,
  endpoint: Endpoint,
  options: TailOptions,
): Promise<void> {
  const { url, apiKey, project } = endpoint
  const { signal } = context
  const stream = (from: StreamOptions['from']) =>
    streamChanges({ url, apiKey, project, filter: toFilter(options), from, signal })
  const isShown = isSince(options)
  const start = beginning(options)
  const from =
    typeof start === 'number'
      ? await startOfLast(start, await positionOf(endpoint, signal), {
          read: (position) => untilLost(stream(position), endpoint),
          isShown,
        })
      : start
  const time = start === 'now' ? 'clock' : 'date'
  const render = options.json ? renderJson : createLines(context, time)
  const events = options.follow
    ? reported(stream(from), context, endpoint)
    : untilLost(stream(from), endpoint)
  const isEmpty = await printStream(context, events, {
    render: (items) => render(items.filter(isShown)),
    follow: options.follow,
  })
  if (isEmpty && !options.follow) note(context, nothingText(options))
}

function nothingText({ skill, kind, session, outcome, phase, since }: TailOptions): string {
  const isNarrowed = [skill, kind, session, outcome, phase, since].some((value) => value !== undefined)
  return isNarrowed
    ? 'No stored invocation matches.'
    : 'Nothing was recorded yet. `skillwatch import claude-code` imports a history.'
}

/** The stored invocations that are shown first: none (`now`), all (`start`), or the last so many. */
function beginning({ from, lines, since, follow }: TailOptions): 'now' | 'start' | number {
  const given = lines ?? from
  if (given !== undefined) return given
  if (since !== undefined) return 'start'
  return follow ? 'now' : LINES_WITHOUT_FOLLOWING
}

function positionOf(endpoint: Endpoint, signal: AbortSignal): Promise<StreamPosition> {
  return demand(endpoint, '/v1/stream', { signal })
}

/** Whether a change is of the time that is asked for: by the instant that its line shows. */
function isSince({ since }: TailOptions): (change: Change) => boolean {
  const sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since)
  return (change) => change.op === 'delete' || Date.parse(shownInstant(change.invocation)) >= sinceMs
}

/** The filter of the stream. Without --outcome and --running it selects ended invocations. */
function toFilter(options: TailOptions): StreamFilter {
  const ended = OUTCOMES.filter((outcome) => outcome !== 'running')
  const filter = {
    skill_name: options.skill,
    kind: options.kind,
    session_id: options.session,
    outcome: options.outcome ?? (options.running ? undefined : ended),
    workflow_phase: options.phase,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, values]) => values !== undefined))
}

function keyHint({ code }: StreamRefusedError, { apiKey }: Endpoint): string {
  if (code !== 4501) return ''
  return apiKey === undefined
    ? ' Set SKILLWATCH_API_KEY.'
    : ' Check that SKILLWATCH_API_KEY is right and not revoked.'
}

function parseLines(text: string): number {
  const lines = Number(text)
  if (!Number.isInteger(lines) || lines < 0 || lines > LINES_MAX || text.trim() === '')
    throw new InvalidArgumentError(`Expected a number from 0 to ${LINES_MAX}.`)
  return lines
}
