import type { UsageReply } from '@skillwatch/schema'
import { Argument, Command, Option } from 'commander'
import { type CommandContext, note, print, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { demand, type Endpoint } from '../http.ts'
import { parseInstantOption } from '../instant.ts'
import { usageCsv } from '../usage/csv.ts'
import { BREAKDOWNS, type Groups, PERIODS, type Period } from '../usage/groups.ts'
import { type UsageView, usageLines, windowText } from '../usage/lines.ts'
import { machineTimeZone, parseTimeZone } from '../usage/time-zone.ts'

interface Options {
  since?: string
  until?: string
  timeZone?: string
  by: Groups[1]
  json?: boolean
  csv?: boolean
  url: string
}

/** Shows the tokens and the cost of responses, summed by period and by model or another group. */
export function usageCommand(context: CommandContext): Command {
  const instant = (text: string) => parseInstantOption(text, context.nowMs())
  const command = new Command('usage')
    .description(
      'Show the tokens and the cost of the responses of models, summed by day, week, month or session, ' +
        'and for each of these by model or another group. A response that several witnesses report ' +
        'counts once. Weeks begin on Monday.',
    )
    .addArgument(new Argument('[period]', 'what to sum by').choices(Object.keys(PERIODS)).default('daily'))
    .option('--since <instant>', sinceHelp(), instant)
    .option('--until <instant>', 'end of the window, given likewise (default: now)', instant)
    .option(
      '--time-zone <name>',
      'time zone of days, weeks and months, such as Europe/Berlin (default: that of this machine)',
      parseTimeZone,
    )
    .addOption(
      new Option('--by <group>', 'what each period is broken down by').choices(BREAKDOWNS).default('model'),
    )
    .option('--json', 'print the REST answer as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each group').conflicts('json'))
    .action((period: Period, options: Options) => showUsage(context, period, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch usage', 'each of the last 30 days, by model'],
    ['skillwatch usage monthly --by repository', 'each month, by repository'],
    ['skillwatch usage session --since 1d', 'the sessions of the last 24 hours'],
    ['skillwatch usage weekly --csv > usage.csv', 'for a spreadsheet'],
  ])
}

function sinceHelp(): string {
  const defaults = Object.entries(PERIODS).map(([period, { since }]) => `${since} for ${period}`)
  return (
    'start of the window: an age such as 90d, a day (its start in UTC), or a date-time ' +
    `(default: ${defaults.join(', ')}, counted back from the end)`
  )
}

async function showUsage(context: CommandContext, period: Period, options: Options): Promise<void> {
  const view: UsageView = {
    period,
    groups: [PERIODS[period].group, options.by],
    timeZone: options.timeZone ?? machineTimeZone(),
    isDefaultWindow: options.since === undefined,
  }
  const query = toQuery(view, options, context.nowMs())
  const endpoint = gatewayEndpoint(context, options.url)
  const reply = await demand<UsageReply>(endpoint, `/v1/usage?${query}`, {
    signal: context.signal,
  })
  if (options.json) return print(context, JSON.stringify(reply, null, 2))
  if (options.csv) context.stdout.write(usageCsv(reply.items, view.groups))
  if (reply.items.length === 0) return note(context, await nothingText(context, endpoint, reply, view))
  if (!options.csv) printLines(context, reply, view)
}

/** @throws {CliError} (usage) when the window is empty */
function toQuery(
  { period, groups, timeZone }: UsageView,
  { since, until }: Options,
  nowMs: number,
): URLSearchParams {
  const endMs = until === undefined ? nowMs : Date.parse(until)
  const start = since ?? parseInstantOption(PERIODS[period].since, endMs)
  if (Date.parse(start) >= endMs)
    throw new CliError('--since must be before --until, which is now by default.', { exitCode: 2 })
  return new URLSearchParams({
    by: groups.join(','),
    since: start,
    ...(until !== undefined && { until }),
    time_zone: timeZone,
  })
}

function printLines(context: CommandContext, reply: UsageReply, view: UsageView): void {
  const lines = usageLines(reply, view, widthOf(context), context.paint.stdout)
  for (const line of lines) print(context, line)
}

async function nothingText(
  { signal }: CommandContext,
  endpoint: Endpoint,
  reply: UsageReply,
  view: UsageView,
): Promise<string> {
  const { last_invoked_at } = await demand<{ last_invoked_at: string | null }>(
    endpoint,
    '/v1/overview?since=1h',
    {
      signal,
    },
  )
  const nothing = `No responses were recorded from ${windowText(reply, view)}`
  if (last_invoked_at === null) return `${nothing}. \`skillwatch import claude-code\` imports a history.`
  const last = last_invoked_at.slice(0, 10)
  if (reply.since === null || last >= reply.since.slice(0, 10))
    return `${nothing}; --since changes the start.`
  const command = `skillwatch usage ${view.period} --since ${last}`
  return `${nothing}; the last call was on ${last}. \`${command}\` shows that day and what followed.`
}
