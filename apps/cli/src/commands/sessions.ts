import type { SessionSummary } from '@skillwatch/schema'
import { Command, Option } from 'commander'
import { type CommandContext, note, print, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { sessionsCsv } from '../sessions/csv.ts'
import { moreSessionsNote, parseSessionLimit } from '../sessions/limit.ts'
import { readSessions } from '../sessions/read.ts'
import { type SessionsView, sessionLines } from '../sessions/table.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options {
  limit: number
  full?: boolean
  json?: boolean
  csv?: boolean
  url: string
}

/** Shows one row per session. */
export function sessionsCommand(context: CommandContext): Command {
  const command = new Command('sessions')
    .description(
      'Show one row for each session, the latest active first: when its first call began, the time from ' +
        'then to its last activity, its calls, those that failed and those that are running, the tokens ' +
        'of its responses (input, output, cache writes and cache reads together), and their cost. A ' +
        'narrow terminal shows fewer columns.',
    )
    .option('--limit <sessions>', 'number of sessions', parseSessionLimit, 20)
    .option('--full', 'show whole ids and all columns, also in a narrow terminal')
    .option('--json', 'print the items of the REST answer as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each session').conflicts('json'))
    .action((options: Options) => showSessions(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch sessions', 'the 20 latest active'],
    ['skillwatch sessions --limit 100 --full', 'more of them, with whole ids'],
    ['skillwatch sessions --limit 1000 --csv > sessions.csv', 'for a spreadsheet'],
    ["skillwatch sessions --json | jq '.[] | select(.failed_count > 0)'", 'with failed calls'],
  ])
}

async function showSessions(context: CommandContext, options: Options): Promise<void> {
  const { limit, json, url } = options
  const gateway = gatewayEndpoint(context, url)
  const { sessions, isMore } = await readSessions(gateway, { limit }, context.signal)
  if (json) print(context, JSON.stringify(sessions, null, 2))
  else printRows(context, options, sessions)
  if (sessions.length === 0 && !json)
    note(context, 'Nothing was recorded yet. `skillwatch import claude-code` imports a history.')
  if (isMore) note(context, moreSessionsNote(limit))
}

function printRows(context: CommandContext, options: Options, sessions: readonly SessionSummary[]): void {
  if (options.csv) context.stdout.write(sessionsCsv(sessions))
  else if (sessions.length > 0)
    for (const line of sessionLines(sessions, viewOf(context, options), context.paint.stdout))
      print(context, line)
}

function viewOf(context: CommandContext, { full = false }: Options): SessionsView {
  return { isFull: full, timeZone: machineTimeZone(), width: widthOf(context) }
}
