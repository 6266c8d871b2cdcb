import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { claudeFolder } from '../claude-folder.ts'
import { type CommandContext, note, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestUrlOption } from '../help.ts'
import { TRANSCRIPT_CHECKPOINTS } from '../import/checkpoint-store.ts'
import { BATCH_ITEMS_MAX, explainImportError, openDestination } from '../import/destination.ts'
import { importFolder } from '../import/import-folder.ts'
import { MEBIBYTES, withProgressBar } from '../import/progress-bar.ts'
import { summaryLines } from '../import/summary-text.ts'

const LINE_BYTES_MAX = 64 * 1_048_576

interface Options {
  url: string
  dryRun?: boolean
  restart?: boolean
  idleMinutes: number
  json?: boolean
}

/** Imports the transcripts of Claude Code. */
export function importClaudeCodeCommand(context: CommandContext): Command {
  const command = new Command('claude-code')
    .summary('the transcripts of Claude Code')
    .description(
      'Import the transcripts of Claude Code: calls of skills, commands, sub-agents, MCP and other tools, ' +
        'with outcome and time, without their texts. It may be run again at any time: it continues where ' +
        'it stopped and stores nothing twice.',
    )
    .argument('[folder]', 'folder of transcripts (default: ~/.claude/projects)')
    .addOption(ingestUrlOption(context))
    .option('--dry-run', 'read and count, send nothing')
    .option('--restart', 'ignore earlier runs and read everything again')
    .option(
      '--idle-minutes <minutes>',
      'age after which a call without result counts as abandoned',
      parseMinutes,
      60,
    )
    .option('--json', 'print the summary as JSON')
    .action((folder: string | undefined, options: Options) => importClaudeCode(context, folder, options))
  return examples(command, [
    ['skillwatch import claude-code', 'everything on this machine'],
    ['skillwatch import claude-code ~/.claude/projects/-home-me-web', 'one project'],
    ['skillwatch import claude-code --dry-run', 'what would be imported'],
    ['skillwatch import claude-code --json | jq .calls', 'the summary for programs'],
  ])
}

async function importClaudeCode(
  context: CommandContext,
  given: string | undefined,
  options: Options,
): Promise<void> {
  const folder = await existingFolder(given ?? join(claudeFolder(context.env), 'projects'))
  const { checkpoints, ...destination } = await openDestination(context, options, TRANSCRIPT_CHECKPOINTS)
  const summary = await withProgressBar(context.stderr, MEBIBYTES, (bar) =>
    importFolder({
      folder,
      ...destination,
      checkpoints,
      restart: options.restart === true,
      idleMs: options.idleMinutes * 60_000,
      lineBytesMax: LINE_BYTES_MAX,
      batchItemsMax: BATCH_ITEMS_MAX,
      signal: context.signal,
      nowMs: context.nowMs,
      onFound: ({ bytes }) => bar.start(bytes),
      onBytes: (bytes) => bar.add(bytes),
    }),
  ).catch((error: unknown) => {
    throw explainImportError(error, context.signal)
  })
  if (summary.files.unreadable.length > 0 || summary.sent.rejected > 0) context.exitCode = 1
  if (options.json) return print(context, JSON.stringify(summary, null, 2))
  for (const line of summaryLines(summary, { dryRun: options.dryRun === true })) print(context, line)
  if (summary.files.found === 0) note(context, `There are no transcripts (*.jsonl) below ${folder}.`)
}

const ADVICE = 'name the folder of the transcripts: `skillwatch import claude-code <folder>`.'

async function existingFolder(given: string): Promise<string> {
  const folder = resolve(given)
  const status = await stat(folder).catch((error: NodeJS.ErrnoException) => error)
  if (status instanceof Error) {
    const what = status.code === 'ENOENT' ? 'does not exist' : `cannot be read (${status.code})`
    throw new CliError(`${folder} ${what}: ${ADVICE}`)
  }
  if (!status.isDirectory()) throw new CliError(`${folder} is not a folder: ${ADVICE}`)
  return folder
}

function parseMinutes(text: string): number {
  const minutes = Number(text)
  if (text.trim() === '' || !(minutes >= 0))
    throw new InvalidArgumentError('Expected a number of minutes, 0 or more.')
  return minutes
}
