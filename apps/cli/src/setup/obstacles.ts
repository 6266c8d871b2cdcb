import type { SetupChoice } from './claude-code.ts'

/** What in the settings keeps Claude Code from calling the hooks, each with what to do about it. */
export function obstacles(
  settings: unknown,
  { hooks, ingestUrl, hasKey }: Pick<SetupChoice, 'hooks' | 'ingestUrl' | 'hasKey'>,
): string[] {
  if (hooks === 'none') return []
  const { disableAllHooks, allowedHttpHookUrls, httpHookAllowedEnvVars } = settings as Record<
    string,
    unknown
  >
  const found: string[] = []
  if (disableAllHooks === true)
    found.push('`disableAllHooks` is on: no hook is called until it is taken out.')
  if (hooks === 'command') return found
  if (
    Array.isArray(allowedHttpHookUrls) &&
    !allowedHttpHookUrls.some((pattern) => matches(pattern, ingestUrl))
  ) {
    found.push(
      `\`allowedHttpHookUrls\` keeps the hooks from being sent: add "${ingestUrl}/*" to it, or use --command.`,
    )
  }
  if (
    hasKey &&
    Array.isArray(httpHookAllowedEnvVars) &&
    !httpHookAllowedEnvVars.includes('SKILLWATCH_API_KEY')
  ) {
    found.push('`httpHookAllowedEnvVars` keeps the key from being sent: add "SKILLWATCH_API_KEY" to it.')
  }
  return found
}

/** A star stands for anything. */
function matches(pattern: unknown, ingestUrl: string): boolean {
  if (typeof pattern !== 'string') return false
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(`${ingestUrl}/v1/hooks/claude-code`)
}
