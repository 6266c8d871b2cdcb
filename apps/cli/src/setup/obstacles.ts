import type { SetupChoice } from './claude-code.ts'

/** The settings that keep Claude Code from calling the hooks, each with what to do. */
export function obstacles(
  settings: unknown,
  { hooks, ingestUrl, hasKey }: Pick<SetupChoice, 'hooks' | 'ingestUrl' | 'hasKey'>,
): string[] {
  if (hooks === 'none') return []
  const { disableAllHooks, allowedHttpHookUrls, httpHookAllowedEnvVars } = settings as Record<
    string,
    unknown
  >
  const isHttp = hooks === 'http'
  return [
    ...(disableAllHooks === true ? ['`disableAllHooks` is on: no hook is called until you remove it.'] : []),
    ...(isHttp && !isUrlAllowed(allowedHttpHookUrls, ingestUrl)
      ? [`\`allowedHttpHookUrls\` blocks the hooks: add "${ingestUrl}/*" to it, or use --command.`]
      : []),
    ...(isHttp && hasKey && !isKeyAllowed(httpHookAllowedEnvVars)
      ? ['`httpHookAllowedEnvVars` keeps the API key from being sent: add "SKILLWATCH_API_KEY" to it.']
      : []),
  ]
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
