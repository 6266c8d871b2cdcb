import type { Overview, UseSummary } from '@skillwatch/schema'
import { Command } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand, type Endpoint } from '../http.ts'
import { parseInstantOption } from '../instant.ts'
import { overviewLines, shownSkills } from '../overview/lines.ts'
import { readUseSums } from '../uses/read.ts'

interface Options {
  since?: string
  json?: boolean
  url: string
}

const DEFAULT_SINCE = '7d'

const NEXT = [
  'skillwatch skills      every skill: its uses, and what they caused',
  'skillwatch sessions    every session: its calls, tokens and money',
  'skillwatch show NAME   one skill, or one session with its turns and calls',
  'skillwatch usage       tokens and money by day and model',
  'skillwatch tail        calls while they happen',
]

/** Shows what was recorded lately, and what to type next. */
export function overviewCommand(context: CommandContext): Command {
  const command = new Command('overview')
    .description(
      'Show what was recorded lately: sessions, calls by kind, failures, tokens and money, and the most ' +
        'used skills with what their uses caused. `skillwatch` alone shows the same.',
    )
    .option(
      '--since <instant>',
      `start of the window: an age such as 90d, a day, or a date-time (default: ${DEFAULT_SINCE})`,
      (text) => parseInstantOption(text, context.nowMs()),
    )
    .option('--json', 'print the REST answer as JSON')
    .action((options: Options) => showOverview(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch', 'the last seven days'],
    ['skillwatch overview --since 30d', 'the last 30 days'],
    ['skillwatch overview --json | jq .usage.cost_usd', 'for scripts'],
  ])
}

async function showOverview(context: CommandContext, options: Options): Promise<void> {
  const endpoint = gatewayEndpoint(context, options.url)
  const path = `/v1/overview?${new URLSearchParams({ since: options.since ?? DEFAULT_SINCE })}`
  const overview = await demand<Overview>(endpoint, path, { signal: context.signal })
  if (options.json) return print(context, JSON.stringify(overview, null, 2))
  if (overview.last_invoked_at === null) {
    return note(context, 'Nothing was recorded yet. `skillwatch import claude-code` imports a history.')
  }
  if (overview.kinds.length === 0 && overview.usage.responses === 0) {
    const last = overview.last_invoked_at.slice(0, 10)
    const since = overview.since.slice(0, 10)
    note(context, `Nothing was recorded since ${since}; the last call was on ${last}.`)
    note(context, `\`skillwatch overview --since ${last}\` shows that day and what followed.`)
  } else {
    const uses = await readShownUses(context, endpoint, overview)
    const view = { width: widthOf(context), paint: context.paint.stdout }
    printLines(context, overviewLines(overview, uses, view))
  }
  print(context)
  print(context, context.paint.stdout('bold', 'Next'))
  for (const line of NEXT) print(context, `  ${line}`)
}

/** The sums of the uses of the skills that are shown. A few of them are found sooner than all are summed. */
async function readShownUses(
  { signal }: CommandContext,
  gateway: Endpoint,
  overview: Overview,
): Promise<UseSummary[]> {
  const span = { sinceMs: Date.parse(overview.since), untilMs: Date.parse(overview.until) }
  const ofSkill = ({ kind, skill_name }: Overview['skills'][number]) =>
    readUseSums(gateway, { ...span, by: ['skill'], kind, skill_name }, signal)
  return (await Promise.all(shownSkills(overview).map(ofSkill))).flat()
}
