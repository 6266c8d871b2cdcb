import { type Difference, openReader, recount } from '@skillwatch/db'
import { Command } from 'commander'
import { type CommandContext, note, print } from '../context.ts'
import { databaseUrlOption } from '../database/open.ts'
import { examples } from '../help.ts'
import { printable, table } from '../text.ts'

/** Proves that every roll-up equals a count of the rows. */
export function recountCommand(context: CommandContext): Command {
  const command = new Command('recount')
    .description(
      'Count everything anew and compare with the stored sums and the change log. Only reads, one commit throughout, so ingest may run meanwhile. Exit code 1 on any difference.',
    )
    .option('--json', 'print the differences as JSON')
    .addOption(databaseUrlOption(context))
    .action(({ json, databaseUrl }: { json?: boolean; databaseUrl: string }) => {
      using reader = openReader(databaseUrl)
      const differences = recount(reader, context.nowMs())
      if (differences.length > 0) context.exitCode = 1
      if (json) print(context, JSON.stringify(differences, null, 2))
      else if (differences.length === 0) note(context, 'Every sum equals what counting gives.')
      else printDifferences(context, differences)
    })
  return examples(command, [
    ['skillwatch recount', 'of ./data/skillwatch.db'],
    ['skillwatch recount --database-url sqlite:copy.db', 'of a copy'],
    ['skillwatch recount --json | jq length', 'for scripts'],
  ])
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
  note(
    context,
    `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}. Keep a copy of the file: this should not happen, and tells where to look.`,
  )
}

/** The fields in which a side differs from the other one; undefined when it has no such row. */
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
