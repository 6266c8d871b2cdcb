import { type Difference, openReader, recount } from '@skillwatch/db'
import { Command } from 'commander'
import { type CommandContext, note, print } from '../context.ts'
import { databaseUrlOption } from '../database/open.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { repairSums } from '../recount/repair.ts'
import { printable, table } from '../text.ts'

interface RecountOptions {
  repair?: boolean
  json?: boolean
  databaseUrl: string
  url: string
}

/** Compares every roll-up with a count of the rows, or corrects them through ingest. */
export function recountCommand(context: CommandContext): Command {
  const command = new Command('recount')
    .description(
      'Count all rows and compare the result with the stored sums and the change log. It only reads, from ' +
        'one snapshot, so ingest may run meanwhile. Exit code 1 on any difference. With --repair, ingest ' +
        'corrects the stored sums in small steps between its other writes; this needs an API key with ' +
        'scope admin.',
    )
    .option('--repair', 'correct the stored sums through ingest, and print what changed')
    .option('--json', 'print the differences, or what was repaired, as JSON')
    .addOption(databaseUrlOption(context))
    .addOption(ingestUrlOption(context))
    .action((options: RecountOptions) =>
      options.repair ? repair(context, options) : compare(context, options),
    )
  return examples(command, [
    ['skillwatch recount', 'of ./data/skillwatch.db'],
    ['skillwatch recount --database-url sqlite:copy.db', 'of a copy'],
    ['skillwatch recount --repair', 'correct the sums of the running ingest'],
    ['skillwatch recount --json | jq length', 'for scripts'],
  ])
}

function compare(context: CommandContext, { json, databaseUrl }: RecountOptions): void {
  using reader = openReader(databaseUrl)
  const differences = recount(reader, context.nowMs())
  if (differences.length > 0) context.exitCode = 1
  if (json) print(context, JSON.stringify(differences, null, 2))
  else if (differences.length === 0) note(context, 'Every stored sum is correct.')
  else printDifferences(context, differences)
}

async function repair(context: CommandContext, { json, url }: RecountOptions): Promise<void> {
  const result = await repairSums(context, ingestEndpoint(context, url))
  if (json) return print(context, JSON.stringify(result, null, 2))
  const checked = `Checked ${result.checked_rows.toLocaleString('en-US')} rows.`
  if (result.repaired.length === 0) return note(context, `${checked} Every stored sum is correct.`)
  const rows = result.repaired.map((each) => [printable(each.table), String(each.rows_changed)])
  const [head, ...lines] = table([['TABLE', 'ROWS CHANGED'], ...rows])
  for (const line of [context.paint.stdout('bold', head!), ...lines]) print(context, line)
  note(context, `${checked} The stored sums are correct now.`)
}

function printDifferences(context: CommandContext, differences: readonly Difference[]): void {
  const rows = differences.map(({ table: name, key, stored, counted }) => [
    name,
    fields(key),
    fields(onlyDiffering(stored, counted)),
    fields(onlyDiffering(counted, stored)),
  ])
  const [head, ...lines] = table([['TABLE', 'ROW', 'STORED', 'COUNTED'], ...rows])
  for (const line of [context.paint.stdout('bold', head!), ...lines]) print(context, line)
  const count = `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`
  note(
    context,
    `${count}. This is a defect of Skillwatch: please report it, and keep a copy of the file. --repair ` +
      'corrects the sums.',
  )
}

/** The fields of one side that differ from the other side; undefined when this side has no row. */
function onlyDiffering(side: Difference['stored'], other: Difference['stored']): Difference['stored'] {
  return side && Object.fromEntries(Object.entries(side).filter(([name, value]) => value !== other?.[name]))
}

function fields(row: Record<string, unknown> | undefined): string {
  if (row === undefined) return 'no row'
  return printable(
    Object.entries(row)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' '),
  )
}
