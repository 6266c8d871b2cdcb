import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { Command } from 'commander'
import { type CommandContext, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { BATCH_ITEMS_MAX, explainImportError, openDestination } from '../import/destination.ts'
import { importLines, LINES_CHECKPOINTS, type LinesSource } from '../import/ndjson/import-lines.ts'
import { ndjsonLines } from '../import/ndjson/summary.ts'
import { MEBIBYTES, withProgressBar } from '../import/progress-bar.ts'

const LINE_BYTES_MAX = 16 * 1_048_576

interface Options {
  url: string
  dryRun?: boolean
  restart?: boolean
  json?: boolean
}

/** Imports observations and invocations from lines of JSON. */
export function importNdjsonCommand(context: CommandContext): Command {
  const command = new Command('ndjson')
    .summary('observations and invocations, one on each line')
    .description(
      'Import lines of JSON: observations as POST /v1/invocations accepts them, or invocations as REST, ' +
        'the stream and `skillwatch tail --json` return them. The import of a file continues where it ' +
        'stopped and stores nothing twice: a line without invocation_id gets one made from its text and ' +
        'position. Hashes of users and queries are ignored, as every database makes its own.',
    )
    .argument('<file>', 'a file, or - for standard input')
    .addOption(ingestUrlOption(context))
    .option('--dry-run', 'read and count, send nothing')
    .option('--restart', 'ignore earlier runs and read the file from its start')
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
  const destination = await openDestination(context, options, LINES_CHECKPOINTS)
  const summary = await withProgressBar(context.stderr, MEBIBYTES, (bar) => {
    // A bar would write over the lines that somebody types.
    if ('path' in source) bar.start(source.sizeBytes)
    else if (!process.stdin.isTTY) bar.start(undefined)
    return importLines({
      ...destination,
      source,
      restart: options.restart === true,
      lineBytesMax: LINE_BYTES_MAX,
      batchItemsMax: BATCH_ITEMS_MAX,
      signal: context.signal,
      nowMs: context.nowMs,
      onBytes: (bytes) => bar.add(bytes),
    })
  }).catch((error: unknown) => {
    throw explainImportError(error, context.signal)
  })
  const nothingImported =
    summary.observations + summary.invocations === 0 && Object.keys(summary.skipped).length > 0
  if (summary.sent.rejected > 0 || nothingImported) context.exitCode = 1
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
    throw new CliError(`${path} is not a file: give a file of lines of JSON, or - for standard input`)
  return { path, sizeBytes: status.size }
}
