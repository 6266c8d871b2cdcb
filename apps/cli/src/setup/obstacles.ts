import { isLoopback } from '@skillwatch/schema/vocabulary'
import type { Settings as Environment } from '../settings.ts'
import type { HookChoice } from './hooks.ts'

type Settings = Readonly<Record<string, unknown>>

/** The settings that keep Claude Code from calling the hooks, each with what to do. */
export function obstacles(
  settings: Settings,
  { kind, ingestUrl, hasKey }: Pick<HookChoice, 'kind' | 'ingestUrl' | 'hasKey'>,
): string[] {
  if (kind === 'none') return []
  const { disableAllHooks, allowedHttpHookUrls, httpHookAllowedEnvVars } = settings
  const isHttp = kind === 'http'
  return [
    ...(disableAllHooks === true
      ? [
          '`disableAllHooks` is on: Claude Code calls no hook until you remove it. Then your other hooks run ' +
            'too.',
        ]
      : []),
    ...(isHttp && !isUrlAllowed(allowedHttpHookUrls, ingestUrl)
      ? [
          `\`allowedHttpHookUrls\` blocks the hooks: add "${ingestUrl}/*" to it, or set up commands with ` +
            '`skillwatch setup claude-code --hooks command`.',
        ]
      : []),
    ...(isHttp && hasKey && !isKeyAllowed(httpHookAllowedEnvVars)
      ? ['`httpHookAllowedEnvVars` keeps the API key from being sent: add "SKILLWATCH_API_KEY" to it.']
      : []),
  ]
}

/** Where events of commands do not arrive, because commands write to a folder of this machine. */
export function limitsOfCommands(
  { kind, ingestUrl, hasKey }: HookChoice,
  { spoolFolder }: Pick<Environment, 'spoolFolder'>,
): string[] {
  if (kind !== 'command') return []
  if (!isOnThisMachine(ingestUrl))
    return [
      `command hooks write to ${spoolFolder}, which only an ingest on this machine can read; ${ingestUrl} ` +
        'is on another. Use --hooks http.',
    ]
  return hasKey
    ? [
        'command hooks record in project `default`, whatever the API key. Use --hooks http to record in ' +
          'its project.',
      ]
    : []
}

export function isOnThisMachine(url: string): boolean {
  return isLoopback(new URL(url).hostname)
}

function isUrlAllowed(patterns: unknown, ingestUrl: string): boolean {
  return !Array.isArray(patterns) || patterns.some((pattern) => matches(pattern, ingestUrl))
}

function isKeyAllowed(variables: unknown): boolean {
  return !Array.isArray(variables) || variables.includes('SKILLWATCH_API_KEY')
}

/** A star matches any text. */
function matches(pattern: unknown, ingestUrl: string): boolean {
  if (typeof pattern !== 'string') return false
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(`${ingestUrl}/v1/hooks/claude-code`)
}
