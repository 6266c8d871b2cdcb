import { resolve } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Command } from 'commander'
import { type CommandContext, print } from '../context.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { BATCH_ITEMS_MAX, explainImportError, openDestination } from '../import/destination.ts'
import { ROWS, withProgressBar } from '../import/progress-bar.ts'
import { importSource, SOURCE_CHECKPOINTS } from '../import/session-buddy/import-source.ts'
import { explainSourceError, openSource } from '../import/session-buddy/open-source.ts'
import { sessionBuddyLines } from '../import/session-buddy/summary.ts'

interface Options {
  url: string
  dryRun?: boolean
  restart?: boolean
  json?: boolean
}

/** Imports the calls that session-buddy recorded. */
export function importSessionBuddyCommand(context: CommandContext): Command {
  const command = new Command('session-buddy')
    .summary("session-buddy's skills.db of any version, or its JSON files")
    .description(
      'Import the calls that session-buddy recorded: a skills.db of any version, or a JSON file of its ' +
        'tracker, old or new. session-buddy may be running: its file is only read. Of queries, size and ' +
        'hash are stored. It may be run again at any time: it continues where it stopped and stores ' +
        'nothing twice. When a skills.db was made from a JSON file, import only one of the two: their ' +
        'calls have no common ids.',
    )
    .argument('<path>', 'a skills.db, a skill_metrics.json, or a file of export_metrics')
    .addOption(ingestUrlOption(context))
    .option('--dry-run', 'read and count, send nothing')
    .option('--restart', 'ignore earlier runs and read everything again')
    .option('--json', 'print the summary as JSON')
    .action((path: string, options: Options) => importSessionBuddy(context, resolve(path), options))
  return examples(command, [
    ['skillwatch import session-buddy .session-buddy/skills.db', 'everything in it'],
    [
      'skillwatch import session-buddy .session-buddy/skill_metrics.json',
      'the file of a version without database',
    ],
    [
      'skillwatch import session-buddy skills.db --dry-run',
      'what would be imported and what would be skipped',
    ],
  ])
}

async function importSessionBuddy(context: CommandContext, path: string, options: Options): Promise<void> {
  using source = openSource(path)
  const destination = await openDestination(context, options, SOURCE_CHECKPOINTS)
  const summary = await withProgressBar(context.stderr, ROWS, (bar) => {
    bar.start(source.rowCount)
    return importSource({
      ...destination,
      path,
      source,
      restart: options.restart === true,
      batchItemsMax: BATCH_ITEMS_MAX,
      signal: context.signal,
      nowMs: context.nowMs,
      onRows: (rows) => bar.add(rows),
    })
  }).catch((error: unknown) => {
    throw error instanceof Sqlite.SqliteError
      ? explainSourceError(path, error)
      : explainImportError(error, context.signal)
  })
  if (summary.sent.rejected > 0) context.exitCode = 1
  if (options.json) return print(context, JSON.stringify(summary, null, 2))
  for (const line of sessionBuddyLines(summary, { dryRun: options.dryRun === true })) print(context, line)
}
