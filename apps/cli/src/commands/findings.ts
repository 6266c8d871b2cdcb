import type { Finding } from '@skillwatch/schema'
import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { findingBlock } from '../findings/block.ts'
import { findingsCsv } from '../findings/csv.ts'
import { type FindingsQuery, readFindings } from '../findings/read.ts'
import { findingTable } from '../findings/table.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { parseInstantOption } from '../instant.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options extends FindingsQuery {
  readonly explain?: boolean
  readonly json?: boolean
  readonly csv?: boolean
  readonly url: string
}

const LIMIT_MAX = 10_000

/** Shows what the analyst found. */
export function findingsCommand(context: CommandContext): Command {
  const command = new Command('findings')
    .description(
      'Show where skills differ from what they usually do, as the analyst found it: fewer completed calls, ' +
        'other durations, more or fewer calls, other calls after them, silence. The last opened is the ' +
        'first. CALLS is how many were tested, and Q bounds the share of false findings. A narrow terminal ' +
        'shows fewer columns. docs/ANALYTICS.md explains the numbers.',
    )
    .addOption(
      new Option('--state <state>', 'findings in this state')
        .choices(['open', 'resolved', 'all'])
        .default('open'),
    )
    .addOption(new Option('--kind <kind>', 'only this kind').choices(KINDS))
    .option('--skill <name>', 'only this skill, command, agent or tool')
    .option(
      '--since <instant>',
      'only what opened since then: an age such as 30d, a day, or a date-time',
      (text) => parseInstantOption(text, context.nowMs()),
    )
    .option('--limit <findings>', 'number of findings', parseLimit, 50)
    .option('--explain', 'show all numbers and a sentence for each finding, not a table')
    .option('--json', 'print the items of the REST answer as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each finding').conflicts('json'))
    .action((options: Options) => showFindings(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch findings', 'what differs from usual now'],
    ['skillwatch findings --explain', 'the same, each with a sentence'],
    ['skillwatch findings --state all --since 30d', 'also what is over, of 30 days'],
    ['skillwatch findings --skill pdf-fill --state all', 'one skill'],
    ["skillwatch findings --json | jq '.[].explanation'", 'for scripts'],
  ])
}

async function showFindings(context: CommandContext, options: Options): Promise<void> {
  const { limit, json, csv, url } = options
  const { items, isMore } = await readFindings(gatewayEndpoint(context, url), options, context.signal)
  if (json) print(context, JSON.stringify(items, null, 2))
  else if (csv) context.stdout.write(findingsCsv(items))
  else if (items.length > 0) printLines(context, linesOf(items, context, options))
  if (items.length === 0 && !json) note(context, nothingText(options))
  if (isMore) note(context, `${shownText(limit)} --limit shows more.`)
}

function linesOf(items: readonly Finding[], context: CommandContext, { explain }: Options): string[] {
  const view = { timeZone: machineTimeZone(), width: widthOf(context) }
  const paint = context.paint.stdout
  if (!explain) return findingTable(items, view, paint)
  return items.flatMap((finding, index) => [
    ...(index === 0 ? [] : ['']),
    ...findingBlock(finding, view, paint),
  ])
}

function nothingText({ state, kind, skill, since }: Options): string {
  const isNarrowed = [kind, skill, since].some((value) => value !== undefined)
  if (isNarrowed && state === 'all')
    return 'No finding matches. `skillwatch findings --state all` shows all.'
  const tested = '`skillwatch analyse` says which skills have enough calls to be tested.'
  if (state !== 'open') return `Nothing was found${state === 'all' ? '' : ' that is over'} yet. ${tested}`
  const which = isNarrowed ? 'No open finding matches.' : 'No finding is open.'
  return `${which} \`skillwatch findings --state all\` also shows those that are over; ${tested}`
}

function shownText(limit: number): string {
  return limit === 1 ? 'This is the last opened finding;' : `These are the ${limit} last opened findings;`
}

/** @throws {InvalidArgumentError} unless it is a number of findings */
function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX) return limit
  throw new InvalidArgumentError(`Expected a number of findings from 1 to ${LIMIT_MAX}.`)
}
