import type { Kind } from '@skillwatch/schema'
import { KINDS } from '@skillwatch/schema/vocabulary'
import { Command, InvalidArgumentError, Option } from 'commander'
import { baselinesCsv } from '../baselines/csv.ts'
import { NEVER_COMPUTED, noBaselineNote, runNote, withheldNotes } from '../baselines/notes.ts'
import { type Baselines, readBaselines } from '../baselines/read.ts'
import { baselineLines } from '../baselines/table.ts'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { machineTimeZone } from '../usage/time-zone.ts'

interface Options {
  readonly kind?: Kind
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly url: string
}

/** Shows what is usual for skills over all persons. */
export function baselinesCommand(context: CommandContext): Command {
  const command = new Command('baselines')
    .description(
      'Show what is usual for each skill over all persons of the project: how many persons and calls, the ' +
        "mean of the persons' completion rates with its 95% interval, its percentile among the skills of " +
        'its kind with the places that it may have, the duration of the person in the middle, and the ' +
        'phase that most persons use most. All numbers are rounded, so that none shows what one person ' +
        'did; + means at least. `skillwatch analyse baselines` computes them. A narrow terminal shows ' +
        'fewer columns.',
    )
    .argument('[skill]', 'show only this skill, command, agent or tool')
    .addOption(new Option('--kind <kind>', 'show only this kind').choices(KINDS))
    .option('--limit <skills>', 'number of skills, those of the most persons first', parseLimit, 20)
    .option('--json', 'print the run and its baselines as JSON')
    .addOption(new Option('--csv', 'print CSV with one line for each skill').conflicts('json'))
    .action((skill: string | undefined, options: Options) => showBaselines(context, skill, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch baselines', 'the 20 skills of the most persons'],
    ['skillwatch baselines pdf-fill', 'one skill'],
    ['skillwatch baselines --kind skill --csv > usual.csv', 'for a spreadsheet'],
    ["skillwatch baselines --json | jq '.run.withheld'", 'what is withheld'],
  ])
}

async function showBaselines(
  context: CommandContext,
  skill: string | undefined,
  { kind, limit, json, csv, url }: Options,
): Promise<void> {
  const all = await readBaselines(gatewayEndpoint(context, url), { kind, skill }, context.signal)
  const items = all.items.slice(0, limit)
  if (json) return print(context, JSON.stringify({ run: all.run, items }, null, 2))
  if (csv) context.stdout.write(baselinesCsv(items))
  else if (items.length > 0)
    printLines(context, baselineLines(items, widthOf(context), context.paint.stdout))
  for (const text of notesOf(all, skill)) note(context, text)
  if (all.items.length > limit)
    note(context, `These are ${limit} of ${all.items.length}; --limit shows more.`)
}

function notesOf({ run, items }: Baselines, skill: string | undefined): string[] {
  if (run === null) return [NEVER_COMPUTED]
  const notes = [runNote(run, machineTimeZone()), ...withheldNotes(run)]
  return items.length > 0 ? notes : [noBaselineNote(skill), ...notes]
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('Expected a number of skills.')
  return limit
}
