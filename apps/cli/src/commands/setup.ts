import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { claudeFolder } from '../claude-folder.ts'
import { confirm } from '../confirm.ts'
import { type CommandContext, note } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { REPOSITORY_ROOT } from '../settings.ts'
import { conflictingVariables, type SetupChoice, shellLine, wantedSettings } from '../setup/claude-code.ts'
import {
  addToSettings,
  type Edit,
  removeFromSettings,
  SettingsShapeError,
  variablesOf,
  type Wanted,
} from '../setup/edit.ts'
import { obstacles } from '../setup/obstacles.ts'
import { printDiff } from '../setup/print-diff.ts'
import { isUntouched, openSettingsFile, type SettingsFile } from '../setup/settings-file.ts'

interface Options {
  settings?: string
  command?: boolean
  hooks: boolean
  telemetry: boolean
  dryRun?: boolean
  undo?: boolean
  yes?: boolean
  url: string
}

const NEW_FILE = '{}\n'

const KEY_FOR_TELEMETRY =
  'Telemetry also needs the API key: where Claude Code is started, set SKILLWATCH_API_KEY and ' +
  'OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer <key>".'

/** Connects agents to Skillwatch. */
export function setupCommand(context: CommandContext): Command {
  const command = new Command('setup')
    .description('Connect an agent to Skillwatch.')
    .addCommand(setupClaudeCodeCommand(context))
  return examples(command, [
    ['skillwatch setup claude-code --dry-run', 'show what would change in its settings'],
  ])
}

function setupClaudeCodeCommand(context: CommandContext): Command {
  const command = new Command('claude-code')
    .summary("add Skillwatch's hooks and telemetry to Claude Code, or remove them")
    .description(
      "Add Skillwatch's hooks and telemetry to the settings of Claude Code. The changes are shown first, " +
        'a backup is saved beside the file, and the rest of the file is not changed. It may be run again ' +
        'at any time. New sessions of Claude Code use the new settings.',
    )
    .option('--settings <path>', 'settings file (default: settings.json in CLAUDE_CONFIG_DIR or ~/.claude)')
    .option('--command', 'add hooks that start a process and need no server, instead of HTTP requests')
    .option('--no-hooks', 'add only telemetry')
    .option('--no-telemetry', 'add only hooks')
    .option('--dry-run', 'show the changes and change nothing')
    .option('--undo', 'remove what was added, and nothing else')
    .option('-y, --yes', 'do not ask')
    .addOption(ingestUrlOption(context))
    .action((options: Options) => setupClaudeCode(context, options))
  return examples(command, [
    ['skillwatch setup claude-code', 'hooks over HTTP, and telemetry'],
    ['skillwatch setup claude-code --dry-run', 'what would change'],
    ['skillwatch setup claude-code --command', 'works while Skillwatch does not run'],
    ['skillwatch setup claude-code --settings .claude/settings.json', 'only one project'],
    ['skillwatch setup claude-code --undo', 'remove hooks and telemetry'],
  ])
}

async function setupClaudeCode(context: CommandContext, options: Options): Promise<void> {
  const file = openSettingsFile(
    resolve(options.settings ?? join(claudeFolder(context.env), 'settings.json')),
  )
  await (options.undo ? undo(context, file, options) : setup(context, file, options))
}

async function setup(context: CommandContext, file: SettingsFile, options: Options): Promise<void> {
  const chosen = choice(context, options)
  const current = file.read()
  const before = explainErrors(file, () => withoutAdditions(file, current))
  const base = before === undefined || before.trim() === '' ? NEW_FILE : before
  const wanted = explainErrors(file, () => withoutConflicts(context, file, base, chosen))
  const { text, added } = explainErrors<Edit>(file, () => addToSettings(base, wanted))
  if (text === (current ?? NEW_FILE)) {
    note(context, `${file.path} already has these settings.`)
  } else {
    printDiff(context, file.path, current, text)
    if (!(await isConfirmed(context, options, `Change ${file.path}?`))) return
    file.write(text, before, added)
    const backup = before === undefined ? '' : ` Its backup is ${file.backupPath}.`
    note(context, `Changed ${file.path}.${backup} New sessions of Claude Code use it; --undo reverts it.`)
  }
  for (const obstacle of obstacles(JSON.parse(text), chosen)) note(context, `WARNING: ${obstacle}`)
  if (chosen.hasKey && 'OTEL_EXPORTER_OTLP_ENDPOINT' in wanted.env) note(context, KEY_FOR_TELEMETRY)
}

async function undo(context: CommandContext, file: SettingsFile, options: Options): Promise<void> {
  const current = file.read()
  if (file.readUndo() === undefined || current === undefined) {
    note(context, `There is nothing to undo in ${file.path}: no record of a setup lies beside it.`)
    return
  }
  const before = explainErrors(file, () => withoutAdditions(file, current))
  printDiff(context, file.path, current, before)
  if (!(await isConfirmed(context, options, `Remove Skillwatch from ${file.path}?`))) return
  file.restore(before)
  note(context, `Removed Skillwatch from ${file.path}.`)
}

/** Asks for confirmation on a terminal. Elsewhere it goes on, as the change can be undone. */
async function isConfirmed(
  context: CommandContext,
  { dryRun, yes }: Options,
  question: string,
): Promise<boolean> {
  if (dryRun) {
    note(context, 'Nothing was changed (--dry-run).')
    return false
  }
  if (yes || !context.stdin?.isTTY || (await confirm(context, question))) return true
  note(context, 'Nothing was changed.')
  context.exitCode = 1
  return false
}

/**
 * The text without the additions of an earlier setup; exactly the backup when the file was not changed
 * since.
 */
function withoutAdditions(file: SettingsFile, current: string | undefined): string | undefined {
  const known = file.readUndo()
  if (known === undefined || current === undefined) return current
  if (isUntouched(known, current))
    return known.existed ? (file.readBackup() ?? removeFromSettings(current, known.added)) : undefined
  return removeFromSettings(current, known.added)
}

/** Without telemetry, when the user already sends it elsewhere: half of the variables would break that. */
function withoutConflicts(
  context: CommandContext,
  file: SettingsFile,
  text: string,
  chosen: SetupChoice,
): Wanted {
  const wanted = wantedSettings(chosen)
  const places = [
    [file.path, conflictingVariables(variablesOf(text), wanted, chosen)],
    ['the environment', conflictingVariables(context.env, wanted, chosen)],
  ] as const
  const conflicts = places
    .filter(([, names]) => names.length > 0)
    .map(([place, names]) => `${place} sets ${names.join(', ')}`)
  if (conflicts.length === 0) return wanted
  note(context, `${conflicts.join(', ')} to other values: telemetry is not changed, only hooks are added.`)
  return { ...wanted, env: {} }
}

function choice(context: CommandContext, { command, hooks, telemetry, url }: Options): SetupChoice {
  const { settings } = context
  const bin = join(REPOSITORY_ROOT, 'apps/cli/bin.mjs')
  return {
    ingestUrl: ingestEndpoint(context, url).url,
    hasKey: settings.apiKey !== undefined,
    hooks: hooks ? (command ? 'command' : 'http') : 'none',
    telemetry,
    command: shellLine([process.execPath, bin, 'hook', '--spool', settings.spoolFolder]),
  }
}

/** @throws {CliError} when the settings cannot be understood */
function explainErrors<T>(file: SettingsFile, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const isBroken = error instanceof SyntaxError || error instanceof SettingsShapeError
    if (!isBroken) throw error
    const kind = error instanceof SyntaxError ? 'is not JSON' : 'is not a settings file of Claude Code'
    throw new CliError(
      `${file.path} ${kind}: ${error.message}. Nothing was changed; correct it, or name another file with ` +
        '--settings.',
      { cause: error },
    )
  }
}
