import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '@skillwatch/schema/claude-code'
import { claudeFolder } from '../claude-folder.ts'
import { obstacles } from '../setup/obstacles.ts'
import { type Check, noted, ok } from './check.ts'

type Settings = Readonly<Record<string, unknown>>

/** The settings of Claude Code: empty without a file, undefined when the file is not JSON. */
export async function readClaudeSettings(
  env: NodeJS.ProcessEnv,
): Promise<{ path: string; settings?: Settings }> {
  const path = join(claudeFolder(env), 'settings.json')
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text.trim() === '') return { path, settings: {} }
  try {
    const settings: unknown = JSON.parse(text)
    return isObject(settings) ? { path, settings } : { path }
  } catch {
    return { path }
  }
}

/** Checks that telemetry of Claude Code, if enabled, sends events with names. */
export async function checkTelemetry(env: NodeJS.ProcessEnv): Promise<Check | undefined> {
  const name = 'telemetry'
  const { path, settings = {} } = await readClaudeSettings(env)
  const variables: Settings = { ...env, ...(isObject(settings.env) ? settings.env : {}) }
  if (!isOn(variables.CLAUDE_CODE_ENABLE_TELEMETRY)) return undefined
  const fix = (setting: string) =>
    `set ${setting} in "env" of ${path}, or run \`skillwatch setup claude-code\``
  if (!String(variables.OTEL_LOGS_EXPORTER ?? '').includes('otlp')) {
    return noted(name, 'Claude Code has it enabled and sends no events', fix('OTEL_LOGS_EXPORTER=otlp'))
  }
  if (!isOn(variables.OTEL_LOG_TOOL_DETAILS)) {
    return noted(
      name,
      'Claude Code has it enabled and redacts the names of skills, tools and MCP servers',
      fix('OTEL_LOG_TOOL_DETAILS=1'),
    )
  }
  return ok(name, 'Claude Code sends events, with the names of skills and tools')
}

/** Checks that Claude Code calls the hooks, if a setup added them. */
export async function checkHooks(env: NodeJS.ProcessEnv): Promise<Check | undefined> {
  const { path, settings } = await readClaudeSettings(env)
  const ours = settings && ourHooks(settings)
  if (ours === undefined) return undefined
  const [obstacle, ...more] = obstacles(settings, ours)
  if (obstacle !== undefined)
    return noted('hooks', 'Claude Code does not call them', [obstacle, ...more].join(' '))
  return ok('hooks', `in ${path}, ${ours.hooks === 'http' ? `sent to ${ours.ingestUrl}` : 'as a command'}`)
}

const HTTP_HOOK = /"url":"(https?:[^"]*)\/v1\/hooks\/claude-code"/
const COMMAND_HOOK = /"command":"[^"]* hook --spool /

/** How the settings contain Skillwatch's hooks. */
function ourHooks({ hooks }: Settings) {
  const text = JSON.stringify(hooks ?? {})
  const ingestUrl = HTTP_HOOK.exec(text)?.[1]
  const hasKey = text.includes('$SKILLWATCH_API_KEY')
  if (ingestUrl !== undefined) return { hooks: 'http', ingestUrl, hasKey } as const
  return COMMAND_HOOK.test(text) ? ({ hooks: 'command', ingestUrl: '', hasKey } as const) : undefined
}

function isOn(value: unknown): boolean {
  return value === '1' || value === 'true' || value === 1 || value === true
}
