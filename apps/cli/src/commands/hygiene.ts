import { Command, InvalidArgumentError } from 'commander'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { hygieneLines, hygieneNotes } from '../hygiene/lines.ts'
import { readHygiene } from '../hygiene/read.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options {
  readonly days: number
  readonly limit: number
  readonly json?: boolean
  readonly url: string
}

/** Shows what to remove, what to mend, and what descriptions cost. */
export function hygieneCommand(context: CommandContext): Command {
  const command = new Command('hygiene')
    .description(
      'Show which installed skills, commands and sub-agents to remove (not used for some time), which to mend ' +
        '(more than a fifth of the calls that follow from them fail), which are nearly the same, and the ' +
        'tokens that names and descriptions take in the context of each session. `skillwatch skills scan` ' +
        'reads what is installed. docs/ANALYTICS.md explains the numbers.',
    )
    .option('--days <days>', 'days without a call after which a skill is unused', parseNumber(7, 365), 30)
    .option('--limit <rows>', 'rows of each list', parseNumber(1, 1_000), 20)
    .option('--json', 'print the REST answer as JSON')
    .action((options: Options) => showHygiene(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch hygiene', 'of the last 30 days'],
    ['skillwatch hygiene --days 90', 'what was not used in 90 days'],
    ["skillwatch hygiene --json | jq '.context_cost.session_tokens'", 'for scripts'],
  ])
}

async function showHygiene(context: CommandContext, { json, url, ...query }: Options): Promise<void> {
  const reply = await readHygiene(gatewayEndpoint(context, url), query, context.signal)
  if (json) return print(context, JSON.stringify(reply, null, 2))
  const view = { width: widthOf(context), timeZone: machineTimeZone(), paint: context.paint.stdout }
  printLines(context, hygieneLines(reply, view))
  for (const text of hygieneNotes(reply, view.timeZone)) note(context, text)
}

function parseNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}
