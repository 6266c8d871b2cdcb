import { once } from 'node:events'
import { type StreamEvent, StreamRefusedError, streamChanges } from '@skillwatch/client'
import type { Change, Kind, Outcome, StreamFilter } from '@skillwatch/schema'
import { KINDS, OUTCOMES } from '@skillwatch/schema/vocabulary'
import { Command, Option } from 'commander'
import { type CommandContext, note } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, gatewayUrlOption } from '../help.ts'
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

/** Shows invocations while they happen, one line each. */
export function tailCommand(context: CommandContext): Command {
  const command = new Command('tail')
    .description('Show invocations while they happen. A lost connection is taken up again where it broke.')
    .addOption(new Option('--skill <name...>', 'only this skill, command, agent or tool'))
    .addOption(new Option('--kind <kind...>', 'only this kind').choices(KINDS))
    .addOption(new Option('--session <id...>', 'only this session'))
    .addOption(new Option('--outcome <outcome...>', 'only what ended so').choices(OUTCOMES))
    .addOption(new Option('--phase <phase...>', 'only this phase of a workflow'))
    .addOption(
      new Option('--from <where>', 'begin with what is kept, or with what comes')
        .choices(['start', 'now'])
        .default('now'),
    )
    .option('--running', 'also show what has begun and not ended yet')
    .option('--json', 'print each change as one line of JSON')
    .addOption(gatewayUrlOption(context))
    .action((options: TailOptions) => tail(context, options))
  return examples(command, [
    ['skillwatch tail', 'everything that ends from now on'],
    ['skillwatch tail --kind skill --kind command --running', 'two kinds, also their beginnings'],
    ['skillwatch tail --outcome failed --from start', 'every failure that was recorded, then new ones'],
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
  const tell = createTeller(context, url)
  try {
    for await (const event of events) {
      tell(event)
      if (event.type === 'changes') await write(context, event.items.map(render).join(''))
    }
  } catch (error) {
    if (!(error instanceof StreamRefusedError)) throw error
    throw new CliError(`ws-gateway at ${url} refuses: ${error.message}.${keyHint(error, apiKey)}`, {
      cause: error,
    })
  }
}

/** The filter of the stream; only ended invocations unless something else is asked for. */
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

/** Tells on stderr what happens to the connection: once when it is lost, once when it is back. */
function createTeller(context: CommandContext, url: string): (event: StreamEvent) => void {
  let state: 'new' | 'connected' | 'lost' = 'new'
  const say = (text: string) => note(context, context.paint.stderr('yellow', text))
  return (event) => {
    if (event.type === 'disconnected') {
      if (state === 'new') throw new CliError(notThere(url))
      if (state === 'connected')
        say(`The connection to ws-gateway is lost (${event.reason}); trying again until it is back.`)
      state = 'lost'
    }
    if (event.type !== 'subscribed') return
    if (!event.recovered)
      say('The change log has been replaced: changes may be missing here; going on with what comes now.')
    else if (state === 'lost') say('Connected again; nothing was missed.')
    else if (context.isTty) note(context, context.paint.stderr('dim', `Following ${url}; Ctrl-C ends.`))
    state = 'connected'
  }
}

function notThere(url: string): string {
  return `ws-gateway does not answer at ${url}: start it with \`npm start\`, or say where it is with --gateway-url or SKILLWATCH_GATEWAY_URL.`
}

function keyHint({ code }: StreamRefusedError, apiKey: string | undefined): string {
  if (code !== 4501) return ''
  return apiKey === undefined ? ' Set SKILLWATCH_API_KEY.' : ' Is SKILLWATCH_API_KEY right, and not revoked?'
}

function renderJson(change: Change): string {
  return `${JSON.stringify(change)}\n`
}

function createRenderer({ paint }: CommandContext, { from }: TailOptions): (change: Change) => string {
  const isRepeat = createRepeats()
  const time = from === 'start' ? 'date' : 'clock'
  return (change) => {
    // What is gone has nothing to show.
    if (change.op === 'delete') return ''
    const line = changeLine(change, time, paint.stdout)
    return isRepeat(change.invocation.invocation_id, line) ? '' : `${line}\n`
  }
}

/** Waits for a slow reader of stdout, so that it slows the stream and not fills the memory. */
async function write({ stdout, signal }: CommandContext, text: string): Promise<void> {
  if (text === '' || stdout.write(text)) return
  await once(stdout, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
