import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { claudeFolder } from '../claude-folder.ts'
import { confirm } from '../confirm.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demandRightService } from '../http.ts'
import {
  type Added,
  addToSettings,
  isSameSettings,
  removeFromSettings,
  SettingsShapeError,
  settingsOf,
  variablesOf,
} from '../setup/edit.ts'
import { type HookChoice, hookCommand, wantedHooks } from '../setup/hooks.ts'
import { JsoncError } from '../setup/jsonc.ts'
import { noteWrapped } from '../setup/note-wrapped.ts'
import { isOnThisMachine } from '../setup/obstacles.ts'
import { printDiff } from '../setup/print-diff.ts'
import { isUntouched, openSettingsFile, type SettingsFile } from '../setup/settings-file.ts'
import { NO_TELEMETRY, planTelemetry, type TelemetryPlan } from '../setup/telemetry.ts'
import { lookupIn } from '../setup/variables.ts'
import { printWarnings } from '../setup/warnings.ts'
import { shellLine } from '../shell-line.ts'

interface Options {
  settings?: string
  hooks?: 'command' | 'http' | false
  texts?: boolean
  telemetry: boolean
  force?: boolean
  dryRun?: boolean
  undo?: boolean
  yes?: boolean
  url: string
}

const NOTHING_ADDED: Added = { env: {} }

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
        'a backup is saved beside the file, and the rest of the file is not changed, comments included. It ' +
        'may be run again at any time and replaces what an earlier run added. Telemetry that you already ' +
        'send to another address still goes there. New sessions of Claude Code use the new settings.',
    )
    .option('--settings <path>', 'settings file (default: settings.json in CLAUDE_CONFIG_DIR or ~/.claude)')
    .addOption(hooksOption())
    .option('--no-hooks', 'add only telemetry')
    .option('--texts', 'commands also report arguments and results, for projects that store them')
    .option('--no-telemetry', 'add only hooks')
    .option('--force', 'override your variables of telemetry that keep events from Skillwatch')
    .option('--dry-run', 'show the changes and change nothing')
    .option('--undo', 'remove what was added, and nothing else')
    .option('-y, --yes', 'do not ask')
    .addOption(ingestUrlOption(context))
    .action((options: Options) => setupClaudeCode(context, options))
  return examples(command, [
    ['skillwatch setup claude-code', 'hooks in the background, and telemetry'],
    ['skillwatch setup claude-code --dry-run', 'what would change'],
    ['skillwatch setup claude-code --hooks http', 'for an ingest in a container'],
    ['skillwatch setup claude-code --settings .claude/settings.json', 'only one project'],
    ['skillwatch setup claude-code --undo', 'remove hooks and telemetry'],
  ])
}

function hooksOption(): Option {
  return new Option(
    '--hooks <kind>',
    'command, in the background, or http, which needs a running ingest (default: command; for an ingest ' +
      'on another machine http)',
  ).choices(['command', 'http'])
}

async function setupClaudeCode(context: CommandContext, options: Options): Promise<void> {
  const file = openSettingsFile(
    resolve(options.settings ?? join(claudeFolder(context.env), 'settings.json')),
  )
  await (options.undo ? undo(context, file, options) : setup(context, file, options))
}

async function setup(context: CommandContext, file: SettingsFile, options: Options): Promise<void> {
  const hooks = chooseHooks(context, options)
  await demandRightService(ingestEndpoint(context, options.url), context.signal)
  const current = file.read()
  const before = explainErrors(file, () => withoutAdditions(file, current))
  const telemetry = explainErrors(file, () => plan(context, file, before ?? '', options))
  const { text, added } = addToSettings(before ?? '', { env: telemetry.env, hooks: wantedHooks(hooks) })
  const isSame = isSameSettings(text, current ?? '')
  if (!isSame) printDiff(context, file.path, current, text)
  printWarnings(context, { path: file.path, text, hooks, telemetry })
  if (isSame) return noteWrapped(context, `${file.path} needs no change.`)
  if (!(await isConfirmed(context, options, `Change ${file.path}?`))) return
  file.write(text, before, added)
  const backup = before === undefined ? '' : ` Its backup is ${file.backupPath}.`
  noteWrapped(
    context,
    `Changed ${file.path}.${backup} New sessions of Claude Code use it; --undo reverts it.`,
  )
}

async function undo(context: CommandContext, file: SettingsFile, options: Options): Promise<void> {
  const current = file.read()
  const before = explainErrors(file, () => withoutAdditions(file, current))
  if (current === undefined || before === current) {
    noteWrapped(context, `There is nothing to undo in ${file.path}: it has no hooks of Skillwatch.`)
    return
  }
  printDiff(context, file.path, current, before)
  if (!(await isConfirmed(context, options, `Remove Skillwatch from ${file.path}?`))) return
  const hasRecord = file.readUndo() !== undefined
  file.restore(before)
  const rest = hasRecord ? '' : ' No record of a setup lies beside it, so its variables were not changed.'
  noteWrapped(context, `Removed Skillwatch from ${file.path}.${rest}`)
}

/** Asks for confirmation on a terminal. Elsewhere it goes on, as the change can be undone. */
async function isConfirmed(
  context: CommandContext,
  { dryRun, yes }: Options,
  question: string,
): Promise<boolean> {
  if (dryRun) {
    noteWrapped(context, 'Nothing was changed (--dry-run).')
    return false
  }
  if (yes || !context.stdin?.isTTY || (await confirm(context, question))) return true
  noteWrapped(context, 'Nothing was changed.')
  context.exitCode = 1
  return false
}

/**
 * The text without the additions of an earlier setup, whichever version made them; exactly the backup when
 * the file was not changed since.
 */
function withoutAdditions(file: SettingsFile, current: string | undefined): string | undefined {
  const known = file.readUndo()
  if (current === undefined) return undefined
  if (known === undefined || !isUntouched(known, current))
    return removeFromSettings(current, known?.added ?? NOTHING_ADDED)
  if (!known.existed) return undefined
  const backup = file.readBackup()
  return backup === undefined
    ? removeFromSettings(current, known.added)
    : removeFromSettings(backup, NOTHING_ADDED)
}

function plan(context: CommandContext, file: SettingsFile, text: string, options: Options): TelemetryPlan {
  if (!options.telemetry) return NO_TELEMETRY
  const { url } = ingestEndpoint(context, options.url)
  const places = [
    { name: file.path, variables: variablesOf(settingsOf(text)) },
    { name: 'the environment', variables: context.env },
  ]
  return planTelemetry(lookupIn(places), url, options.force === true)
}

function chooseHooks(context: CommandContext, { hooks, texts, url }: Options): HookChoice {
  const { settings } = context
  const ingestUrl = ingestEndpoint(context, url).url
  return {
    kind: hooks === false ? 'none' : (hooks ?? (isOnThisMachine(ingestUrl) ? 'command' : 'http')),
    ingestUrl,
    hasKey: settings.apiKey !== undefined,
    command: `${shellLine([process.execPath])} ${hookCommand(settings.spoolFolder)}${texts ? ' --texts' : ''}`,
  }
}

/** @throws {CliError} when the settings cannot be understood */
function explainErrors<T>(file: SettingsFile, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const isBroken = error instanceof JsoncError || error instanceof SettingsShapeError
    if (!isBroken) throw error
    const kind = error instanceof JsoncError ? 'is not JSON' : 'is not a settings file of Claude Code'
    throw new CliError(
      `${file.path} ${kind}: ${error.message}. Nothing was changed; correct it, or name another file with ` +
        '--settings.',
      { cause: error },
    )
  }
}
