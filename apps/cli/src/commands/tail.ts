import { once } from 'node:events'
import { type StreamEvent, StreamRefusedError, streamChanges } from '@skillwatch/client'
import type { Change, Kind, Outcome, StreamFilter } from '@skillwatch/schema'
import { KINDS, OUTCOMES } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type CommandContext, note, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, gatewayEndpoint, gatewayUrlOption } from '../help.ts'
import { noAnswer } from '../http.ts'
import { parseServiceUrl } from '../settings.ts'
import { changeLine } from '../tail/line.ts'
import { createRepeats } from '../tail/repeats.ts'

interface TailOptions {
  skill?: string[]
  kind?: Kind[]
  session?: string[]
  outcome?: Outcome[]
  phase?: string[]
  from: 'now' | 'start'
  json?: boolean
  running?: boolean
  gatewayUrl: string
}

/** Shows invocations live, one line each. */
export function tailCommand(context: CommandContext): Command {
  const command = new Command('tail')
    .description('Show invocations live. After a lost connection it continues without a gap.')
    .addOption(new Option('--skill <name...>', 'only this skill, command, agent or tool'))
    .addOption(new Option('--kind <kind...>', 'only this kind').choices(KINDS))
    .addOption(new Option('--session <id...>', 'only this session'))
    .addOption(new Option('--outcome <outcome...>', 'only this outcome').choices(OUTCOMES))
    .addOption(new Option('--phase <phase...>', 'only this workflow phase'))
    .addOption(
      new Option('--from <where>', 'begin with stored invocations, or with new ones')
        .choices(['start', 'now'])
        .default('now'),
    )
    .option('--running', 'also show invocations that have started and not ended')
    .option('--json', 'print each change as one line of JSON')
    .addOption(gatewayUrlOption(context))
    .action((options: TailOptions) => tail(context, options))
  return examples(command, [
    ['skillwatch tail', 'every invocation that ends from now on'],
    ['skillwatch tail --kind skill --kind command --running', 'two kinds, also when they start'],
    ['skillwatch tail --outcome failed --from start', 'all stored failures, then new ones'],
    ['skillwatch tail --json | jq .invocation.skill_name', 'for scripts'],
  ])
}

async function tail(context: CommandContext, options: TailOptions): Promise<void> {
  const url = parseServiceUrl(options.gatewayUrl, '--gateway-url')
  const { apiKey } = context.settings
  const events = streamChanges({
    url,
    apiKey,
    filter: toFilter(options),
    from: options.from,
    signal: context.signal,
  })
  const render = options.json ? renderJson : createRenderer(context, options)
  const report = createConnectionReport(context, url)
  try {
    for await (const event of events) {
      report(event)
      if (event.type === 'changes') await write(context, event.items.map(render).join(''))
    }
  } catch (error) {
    if (!(error instanceof StreamRefusedError)) throw error
    const message = `ws-gateway at ${url} refuses: ${error.message}.${keyHint(error, apiKey)}`
    throw new CliError(message, { cause: error })
  }
}

/** The filter of the stream. Without --outcome and --running it selects ended invocations. */
function toFilter(options: Omit<TailOptions, 'from' | 'gatewayUrl'>): StreamFilter {
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

/** Reports on stderr when the connection is lost and when it is back. */
function createConnectionReport(context: CommandContext, url: string): (event: StreamEvent) => void {
  let state: 'new' | 'connected' | 'lost' = 'new'
  const warn = (text: string) => note(context, context.paint.stderr('yellow', text))
  return (event) => {
    if (event.type === 'disconnected') {
      if (state === 'new') throw new CliError(noAnswer(gatewayEndpoint(context, url)))
      if (state === 'connected')
        warn(`The connection to ws-gateway is lost (${event.reason}); trying to connect again.`)
      state = 'lost'
    }
    if (event.type !== 'subscribed') return
    if (!event.recovered) warn('The change log was replaced: some changes may be missing here.')
    else if (state === 'lost') warn('Connected again; no change is missing.')
    else if (context.isTty) note(context, context.paint.stderr('dim', `Following ${url}; Ctrl-C stops it.`))
    state = 'connected'
  }
}

function keyHint({ code }: StreamRefusedError, apiKey: string | undefined): string {
  if (code !== 4501) return ''
  return apiKey === undefined
    ? ' Set SKILLWATCH_API_KEY.'
    : ' Check that SKILLWATCH_API_KEY is right and not revoked.'
}

function renderJson(change: Change): string {
  return `${JSON.stringify(change)}\n`
}

function createRenderer(context: CommandContext, { from }: TailOptions): (change: Change) => string {
  const isRepeat = createRepeats()
  const time = from === 'start' ? 'date' : 'clock'
  return (change) => {
    if (change.op === 'delete') return ''
    // Read for every line, as the size of a terminal may change.
    const line = changeLine(change, { time, width: widthOf(context) }, context.paint.stdout)
    return isRepeat(change.invocation.invocation_id, line) ? '' : `${line}\n`
  }
}

/** Waits for a slow reader of stdout, which slows the stream down instead of filling memory. */
async function write({ stdout, signal }: CommandContext, text: string): Promise<void> {
  if (text === '' || stdout.write(text)) return
  await once(stdout, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
