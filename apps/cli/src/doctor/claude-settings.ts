import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '@skillwatch/schema/claude-code'
import { claudeFolder } from '../claude-folder.ts'
import { settingsOf, variablesOf } from '../setup/edit.ts'
import { hookCommand, hooksIn, ourHook } from '../setup/hooks.ts'
import { positionOfExtension } from '../setup/jsonc.ts'
import { obstacles } from '../setup/obstacles.ts'
import { conflictsOf } from '../setup/signals.ts'
import { isOn, lookupIn } from '../setup/variables.ts'
import { notStrict } from '../setup/warnings.ts'
import { type Check, noted, ok } from './check.ts'

/** The settings of Claude Code: empty without a file; undefined, with the reason, when it is broken. */
export async function readClaudeSettings(
  env: NodeJS.ProcessEnv,
): Promise<{ path: string; text: string; settings?: JsonObject; problem?: string }> {
  const path = join(claudeFolder(env), 'settings.json')
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    return { path, text, settings: settingsOf(text) }
  } catch (error) {
    return { path, text, problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Checks that Claude Code can read its settings. */
export async function checkSettings(env: NodeJS.ProcessEnv): Promise<Check | undefined> {
  const name = 'settings'
  const { path, text, problem } = await readClaudeSettings(env)
  if (problem !== undefined) return noted(name, `${path} is broken: ${problem}`, 'correct that file')
  const position = text.trim() === '' ? undefined : positionOfExtension(text)
  return position === undefined ? undefined : noted(name, notStrict(path, position))
}

/** Checks that telemetry of Claude Code, if enabled, sends Skillwatch events with names. */
export async function checkTelemetry(env: NodeJS.ProcessEnv, ingestUrl: string): Promise<Check | undefined> {
  const name = 'telemetry'
  const { path, settings = {} } = await readClaudeSettings(env)
  const lookup = lookupIn([
    { name: path, variables: variablesOf(settings) },
    { name: 'the environment', variables: env },
  ])
  if (!isOn(lookup('CLAUDE_CODE_ENABLE_TELEMETRY'))) return undefined
  const fix = (setting: string) =>
    `set ${setting} in "env" of ${path}, or run \`skillwatch setup claude-code\``
  if (lookup('OTEL_LOGS_EXPORTER') === undefined) {
    return noted(name, 'Claude Code has it enabled and sends no events', fix('OTEL_LOGS_EXPORTER=otlp'))
  }
  const [conflict] = conflictsOf('LOGS', lookup, ingestUrl)
  if (conflict !== undefined) {
    return noted(
      name,
      `Claude Code does not send events to Skillwatch: ${conflict.reason}`,
      'to change that, run `skillwatch setup claude-code`, which says what to do',
    )
  }
  if (!isOn(lookup('OTEL_LOG_TOOL_DETAILS'))) {
    return noted(
      name,
      'Claude Code has it enabled and redacts the names of skills, tools and MCP servers',
      fix('OTEL_LOG_TOOL_DETAILS=1'),
    )
  }
  return ok(name, 'Claude Code sends events, with the names of skills and tools')
}

/** Checks that Claude Code calls the hooks, if a setup added them, and that they reach this ingest. */
export async function checkHooks(env: NodeJS.ProcessEnv, spoolFolder: string): Promise<Check | undefined> {
  const name = 'hooks'
  const { path, settings = {} } = await readClaudeSettings(env)
  const ours = hooksIn(settings).flatMap(({ hook }) => ourHook(hook) ?? [])[0]
  if (ours === undefined) return undefined
  const [obstacle, ...more] = obstacles(settings, ours)
  if (obstacle !== undefined)
    return noted(name, 'Claude Code does not call them', [obstacle, ...more].join(' '))
  if (ours.kind === 'http') return ok(name, `in ${path}, sent to ${ours.ingestUrl}`)
  return ours.command.includes(hookCommand(spoolFolder))
    ? ok(name, `in ${path}, commands in the background`)
    : noted(
        name,
        `the commands in ${path} are of another installation, or write to another folder than ${spoolFolder}`,
        'run `skillwatch setup claude-code` to replace them',
      )
}
