import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { Command } from 'commander'
import { type CommandContext, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { BATCH_ITEMS_MAX, openDestination, toldForPeople } from '../import/destination.ts'
import { importLines, LINES_PROGRESS, type LinesSource } from '../import/ndjson/import-lines.ts'
import { ndjsonLines } from '../import/ndjson/summary.ts'
import { MEBIBYTES, withProgressBar } from '../import/progress-bar.ts'

const LINE_BYTES_MAX = 16 * 1_048_576

interface Options {
  url: string
  dryRun?: boolean
  restart?: boolean
  json?: boolean
}

/** Brings in lines of JSON in our own shapes. */
export function importNdjsonCommand(context: CommandContext): Command {
  const command = new Command('ndjson')
    .summary('observations and invocations, one to a line')
    .description(
      'Bring in lines of JSON: observations as POST /v1/invocations takes them, or invocations as REST, the stream and ' +
        '`skillwatch tail --json` give them. A file goes on where it stopped, and nothing is stored twice: a line without ' +
        'invocation_id gets one from its text and its place. Hashes of users and queries are made with a key of each ' +
        'database, so those of another one stay behind.',
    )
    .argument('<file>', 'a file, or - for standard input')
    .addOption(ingestUrlOption(context))
    .option('--dry-run', 'read and count, send nothing')
    .option('--restart', 'read the file again from its start, whatever was reached before')
    .option('--json', 'print the summary as JSON')
    .action((file: string, options: Options) => importNdjson(context, file, options))
  return examples(command, [
    ['skillwatch import ndjson calls.ndjson', 'everything in a file'],
    ['zcat calls.ndjson.gz | skillwatch import ndjson -', 'from a pipe'],
    [
      'curl -s "$GATEWAY/v1/invocations?limit=1000" | skillwatch import ndjson -',
      'a page of another Skillwatch',
    ],
  ])
}

async function importNdjson(context: CommandContext, file: string, options: Options): Promise<void> {
  const source: LinesSource =
    file === '-' ? addAbortSignal(context.signal, process.stdin) : await existingFile(resolve(file))
  const destination = await openDestination(context, options, LINES_PROGRESS)
  const summary = await withProgressBar(context.stderr, MEBIBYTES, (bar) => {
    if ('path' in source) bar.start(source.sizeBytes)
    return importLines({
      ...destination,
      source,
      restart: options.restart === true,
      lineBytesMax: LINE_BYTES_MAX,
      batchItemsMax: BATCH_ITEMS_MAX,
      signal: context.signal,
      nowMs: context.nowMs,
      onBytes: (bytes) => 'path' in source && bar.add(bytes),
    })
  }).catch((error: unknown) => {
    throw toldForPeople(error, context.signal)
  })
  const nothingFits =
    summary.observations + summary.invocations === 0 && Object.keys(summary.skipped).length > 0
  if (summary.sent.rejected > 0 || nothingFits) context.exitCode = 1
  if (options.json) return print(context, JSON.stringify(summary, null, 2))
  for (const line of ndjsonLines(summary, { dryRun: options.dryRun === true })) print(context, line)
}

async function existingFile(path: string): Promise<{ path: string; sizeBytes: number }> {
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => error)
  if (status instanceof Error) {
    const what = status.code === 'ENOENT' ? 'does not exist' : `cannot be read (${status.code})`
    throw new CliError(`${path} ${what}: give a file of lines of JSON, or - for standard input`)
  }
  if (!status.isFile())
    throw new CliError(`${path} is no file: give a file of lines of JSON, or - for standard input`)
  return { path, sizeBytes: status.size }
}
