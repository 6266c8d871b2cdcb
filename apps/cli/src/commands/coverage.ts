import type { CoveragePage } from '@skillwatch/schema'
import { Command } from 'commander'
import { type CommandContext, note, print, widthOf } from '../context.ts'
import { blindSpotLines, coverageLines } from '../coverage-lines.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand } from '../http.ts'
import { moreSessionsNote, parseSessionLimit } from '../sessions/limit.ts'
import { resolveSession } from '../sessions/resolve-session.ts'
import { wrap } from '../text.ts'

interface Options {
  session?: string
  limit: number
  json?: boolean
  url: string
}

/** Shows which calls each witness reported. */
export function coverageCommand(context: CommandContext): Command {
  const command = new Command('coverage')
    .description(
      'Show for each session how many calls each witness reported, how many of these it reported alone, ' +
        'which ones it missed, and the likely reason. A call that no witness reported is unknown; the list ' +
        'below the table shows which calls those may be.',
    )
    .option('--session <id>', 'only this session; the beginning of its id is enough')
    .option(
      '--limit <sessions>',
      'number of sessions, the most recently active first',
      parseSessionLimit,
      20,
    )
    .option('--json', 'print the REST answer as JSON')
    .action((options: Options) => showCoverage(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch coverage', 'the most recent sessions'],
    ['skillwatch coverage --session 3f2a', 'one session'],
    [
      "skillwatch coverage --json | jq '.items[].witnesses[].missed[]'",
      'the calls that a witness missed, by kind and outcome',
    ],
  ])
}

async function showCoverage(context: CommandContext, { session, limit, json, url }: Options): Promise<void> {
  const endpoint = gatewayEndpoint(context, url)
  const query = new URLSearchParams(
    session === undefined
      ? { limit: String(limit) }
      : { session_id: await resolveSession(endpoint, session, context.signal) },
  )
  const page = await demand<CoveragePage>(endpoint, `/v1/coverage?${query}`, { signal: context.signal })
  if (json) return print(context, JSON.stringify(page, null, 2))
  if (page.items.length === 0)
    return note(context, 'Nothing was recorded yet. `skillwatch import claude-code` imports a history.')
  printPage(context, page)
  if (page.next_cursor !== null) note(context, moreSessionsNote(limit))
}

function printPage(context: CommandContext, page: CoveragePage): void {
  const width = widthOf(context)
  const bold = (line: string) => context.paint.stdout('bold', line)
  const { head, body } = coverageLines(page.items, width)
  const title = wrap('Calls that these witnesses cannot report, or not reliably:', width)
  const lines = [...head.map(bold), ...body, '', ...title.map(bold), ...blindSpotLines(page, width)]
  for (const line of lines) print(context, line)
}
