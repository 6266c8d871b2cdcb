import { CoveragePage } from '@skillwatch/schema'
import { Command, InvalidArgumentError } from 'commander'
import { Value } from 'typebox/value'
import { type CommandContext, note, print } from '../context.ts'
import { blindSpotLines, coverageLines } from '../coverage-lines.ts'
import { CliError } from '../errors.ts'
import { examples, gatewayEndpoint, gatewayUrlOption } from '../help.ts'
import { demand } from '../http.ts'

interface Options {
  session?: string
  limit: number
  json?: boolean
  gatewayUrl: string
}

/** Shows which witness has seen what. */
export function coverageCommand(context: CommandContext): Command {
  const command = new Command('coverage')
    .description(
      'Show per session which witness saw how many of the calls, which ones it missed, and why it may have. A call that ' +
        'no witness saw is not known: the list below the table tells which those may be.',
    )
    .option('--session <id>', 'this session alone')
    .option('--limit <sessions>', 'how many sessions, the latest active first', parseLimit, 20)
    .option('--json', 'print what REST answers, as JSON')
    .addOption(gatewayUrlOption(context))
    .action((options: Options) => showCoverage(context, options))
  return examples(command, [
    ['skillwatch coverage', 'the latest sessions'],
    ['skillwatch coverage --session 3f2a', 'one session'],
    [
      "skillwatch coverage --json | jq '.items[] | select(.witnesses[].missed_count > 0)'",
      'where somebody missed a call',
    ],
  ])
}

async function showCoverage(
  context: CommandContext,
  { session, limit, json, gatewayUrl }: Options,
): Promise<void> {
  const query = new URLSearchParams(
    session === undefined ? { limit: String(limit) } : { session_id: session },
  )
  const page = await demand(gatewayEndpoint(context, gatewayUrl), `/v1/coverage?${query}`, {
    signal: context.signal,
  })
  if (!Value.Check(CoveragePage, page)) {
    throw new CliError(
      'the answer is not that of ws-gateway: is the address right, and has ws-gateway the same version?',
    )
  }
  if (json) return print(context, JSON.stringify(page, null, 2))
  if (page.items.length === 0) {
    note(
      context,
      'Nothing was recorded yet: bring something in, such as with `skillwatch import claude-code`.',
    )
    return
  }
  const [head, ...lines] = coverageLines(page.items)
  for (const line of [context.paint.stdout('bold', head!), ...lines]) print(context, line)
  print(context)
  print(context, context.paint.stdout('bold', 'What these witnesses cannot see, or not surely:'))
  for (const line of blindSpotLines(page)) print(context, line)
  if (page.next_cursor !== null)
    note(context, `These are the ${limit} latest active sessions; --limit shows more.`)
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new InvalidArgumentError('Expected a number of sessions from 1 to 1000.')
  }
  return limit
}
