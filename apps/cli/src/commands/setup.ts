import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { createTwoFilesPatch } from 'diff'
import { type CommandContext, note, print } from '../context.ts'
import { CliError } from '../errors.ts'
import { examples, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { REPOSITORY_ROOT } from '../settings.ts'
import { shellLine, wantedSettings } from '../setup/claude-code.ts'
import {
  addToSettings,
  conflictingVariables,
  type Edit,
  removeFromSettings,
  SettingsShapeError,
  type Wanted,
} from '../setup/edit.ts'
import { isUntouched, openSettingsFile, type SettingsFile } from '../setup/settings-file.ts'

interface Options {
  settings?: string
  command?: boolean
  hooks: boolean
  telemetry: boolean
  dryRun?: boolean
  undo?: boolean
  url: string
}

const NEW_FILE = '{}\n'
const UNCHANGED = 'Nothing was changed (--dry-run).'

/** Connects agents to Skillwatch. */
export function setupCommand(context: CommandContext): Command {
  return new Command('setup').description('Connect an agent to Skillwatch.').addCommand(setupClaudeCodeCommand(context))
}

function setupClaudeCodeCommand(context: CommandContext): Command {
  const command = new Command('claude-code')
    .description(
      "Add Skillwatch's hooks and telemetry to the settings of Claude Code. What changes is shown, a backup is kept beside " +
        'the file, and everything else in it stays as it is. Run it again at any time; sessions that run take it over when they start anew.',
    )
    .option('--settings <path>', 'settings file (default: ~/.claude/settings.json)')
    .option('--command', 'hooks that start a process and need no server, instead of HTTP requests')
    .option('--no-hooks', 'telemetry only')
    .option('--no-telemetry', 'hooks only')
    .option('--dry-run', 'show what would change, change nothing')
    .option('--undo', 'take out what was added, and nothing else')
    .addOption(ingestUrlOption(context))
    .action((options: Options) => setupClaudeCode(context, options))
  return examples(command, [
    ['skillwatch setup claude-code', 'hooks over HTTP, and telemetry'],
    ['skillwatch setup claude-code --dry-run', 'what would change'],
    ['skillwatch setup claude-code --command', 'for when Skillwatch is not always running'],
    ['skillwatch setup claude-code --settings .claude/settings.json', 'one project only'],
    ['skillwatch setup claude-code --undo', 'as it was before'],
  ])
}

function setupClaudeCode(context: CommandContext, options: Options): void {
  const home = context.env.HOME || homedir()
  const file = openSettingsFile(resolve(options.settings ?? join(home, '.claude', 'settings.json')))
  if (options.undo) undo(context, file, options)
  else setup(context, file, options)
}

function setup(context: CommandContext, file: SettingsFile, options: Options): void {
  const current = file.read()
  const before = told(file, () => withoutOurs(file, current))
  const base = before ?? NEW_FILE
  const wanted = told(file, () => withoutConflicts(context, file, base, wantedSettings(choice(context, options))))
  const { text, added } = told<Edit>(file, () => addToSettings(base, wanted))
  if (text === (current ?? NEW_FILE)) {
    note(context, `${file.path} has everything already.`)
    return
  }
  printDiff(context, file.path, current, text)
  if (options.dryRun) {
    note(context, UNCHANGED)
    return
  }
  file.write(text, before, added)
  const backup = before === undefined ? '' : ` The file as it was is ${file.backupPath}.`
  note(context, `Wrote ${file.path}.${backup} New sessions of Claude Code use it; --undo takes it out again.`)
}

function undo(context: CommandContext, file: SettingsFile, { dryRun }: Options): void {
  const current = file.read()
  if (file.readUndo() === undefined || current === undefined) {
    note(context, `There is nothing to undo in ${file.path}: no setup is remembered beside it.`)
    return
  }
  const before = told(file, () => withoutOurs(file, current))
  printDiff(context, file.path, current, before)
  if (!dryRun) file.restore(before)
  note(context, dryRun ? UNCHANGED : `${file.path} is without Skillwatch again.`)
}

/** The text without what an earlier setup has added: byte for byte the one before, when nobody has changed it since. */
function withoutOurs(file: SettingsFile, current: string | undefined): string | undefined {
  const known = file.readUndo()
  if (known === undefined || current === undefined) return current
  if (isUntouched(known, current)) return known.existed ? (file.readBackup() ?? current) : undefined
  return removeFromSettings(current, known.added)
}

/** Telemetry that goes elsewhere is somebody's choice, and half of ours would only disturb it. */
function withoutConflicts(context: CommandContext, file: SettingsFile, text: string, wanted: Wanted): Wanted {
  const conflicts = conflictingVariables(text, wanted)
  if (conflicts.length === 0) return wanted
  const names = conflicts.join(', ')
  note(context, `${file.path} sets ${names} to something else: telemetry is left as it is, only hooks are added.`)
  return { ...wanted, env: {} }
}

function choice(context: CommandContext, { command, hooks, telemetry, url }: Options) {
  const { settings } = context
  const bin = join(REPOSITORY_ROOT, 'apps/cli/bin.mjs')
  return {
    ingestUrl: ingestEndpoint(context, url).url,
    hasKey: settings.apiKey !== undefined,
    hooks: hooks ? (command ? ('command' as const) : ('http' as const)) : ('none' as const),
    telemetry,
    command: shellLine([process.execPath, bin, 'hook', '--spool', settings.spoolFolder]),
  }
}

function told<T>(file: SettingsFile, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const isBroken = error instanceof SyntaxError || error instanceof SettingsShapeError
    if (!isBroken) throw error
    const kind = error instanceof SyntaxError ? 'is not JSON' : 'is not what Claude Code reads'
    throw new CliError(
      `${file.path} ${kind}: ${error.message}. Nothing was changed; mend it, or name another file with --settings.`,
      { cause: error },
    )
  }
}

function printDiff(context: CommandContext, path: string, before: string | undefined, after: string | undefined): void {
  const [from, to] = [before === undefined ? '/dev/null' : path, after === undefined ? '/dev/null' : path]
  const patch = createTwoFilesPatch(from, to, before ?? '', after ?? '', '', '', { context: 2 })
  const lines = patch.split('\n').filter((line) => !/^(=|Index: |$)/.test(line))
  for (const line of lines) print(context, coloured(context, line))
}

function coloured({ paint }: CommandContext, line: string): string {
  if (/^(\+\+\+|---)/.test(line)) return paint.stdout('bold', line)
  return line.startsWith('+') ? paint.stdout('green', line) : line.startsWith('-') ? paint.stdout('red', line) : line
}
