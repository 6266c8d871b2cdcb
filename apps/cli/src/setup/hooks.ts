import { join } from 'node:path'
import { isObject } from '@skillwatch/schema/claude-code'
import { REPOSITORY_ROOT } from '../settings.ts'
import { shellLine } from '../shell-line.ts'

export interface HookChoice {
  readonly kind: 'command' | 'http' | 'none'
  readonly ingestUrl: string
  /** Whether HTTP hooks send an API key, which they take from the agent's environment. */
  readonly hasKey: boolean
  /** What a command hook runs. */
  readonly command: string
}

/** The hook events about calls. Hooks for other events would only cost the agent time. */
const EVENTS = [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionDenied',
  'UserPromptExpansion',
  'SessionEnd',
]
/**
 * Links a sub-agent to its call. Only for ingest, which remembers the calls; command hooks cannot use it.
 */
const AGENT_EVENTS = ['SubagentStart']

/** Seconds that the agent waits for a hook at most. */
const TIMEOUT_S = 5

/** For each event, the group of hooks with which Claude Code reports it to Skillwatch. */
export function wantedHooks(choice: HookChoice): Record<string, object> {
  if (choice.kind === 'none') return {}
  const events = choice.kind === 'http' ? [...EVENTS, ...AGENT_EVENTS] : EVENTS
  const hook = (event: string) => (choice.kind === 'http' ? httpHook(choice) : commandHook(choice, event))
  return Object.fromEntries(events.map((event) => [event, { hooks: [hook(event)] }]))
}

function httpHook({ ingestUrl, hasKey }: HookChoice): object {
  return {
    type: 'http',
    url: ingestUrl + HTTP_PATH,
    timeout: TIMEOUT_S,
    ...(hasKey && {
      headers: { Authorization: 'Bearer $SKILLWATCH_API_KEY' },
      allowedEnvVars: ['SKILLWATCH_API_KEY'],
    }),
  }
}

/**
 * Runs in the background, so that the agent does not wait for the start of a process. `claude -p` kills
 * hooks in the background when it ends, so it waits for the one at the end of a session. The timeout there
 * also extends the time that Claude Code gives all such hooks, which is 1.5 seconds otherwise
 * (https://code.claude.com/docs/en/hooks, "Run hooks in the background" and "SessionEnd").
 */
function commandHook({ command }: HookChoice, event: string): object {
  const way = event === 'SessionEnd' ? { timeout: TIMEOUT_S } : { async: true }
  return { type: 'command', command, ...way }
}

const HTTP_PATH = '/v1/hooks/claude-code'
const HTTP_HOOK = new RegExp(`^(https?:.*)${HTTP_PATH}$`)
const COMMAND_HOOK = /(?:apps\/cli\/bin\.mjs|\bskillwatch)['"]? hook(?:\s|$)/

/** How a hook in the settings reports to Skillwatch, whichever version added it; undefined for others. */
export function ourHook(hook: unknown): HookChoice | undefined {
  if (!isObject(hook)) return undefined
  const ingestUrl = HTTP_HOOK.exec(String(hook.url))?.[1]
  if (hook.type === 'http' && ingestUrl !== undefined) {
    const hasKey = JSON.stringify(hook).includes('$SKILLWATCH_API_KEY')
    return { kind: 'http', ingestUrl, hasKey, command: '' }
  }
  const command = String(hook.command)
  const isOurs = hook.type === 'command' && COMMAND_HOOK.test(command)
  return isOurs ? { kind: 'command', ingestUrl: '', hasKey: false, command } : undefined
}

/** Where a hook is in the settings. */
export type HookPath = ['hooks', event: string, group: number, 'hooks', index: number]

/** All hooks in the settings, in their order. */
export function hooksIn({ hooks }: Readonly<Record<string, unknown>>): { path: HookPath; hook: unknown }[] {
  return Object.entries(isObject(hooks) ? hooks : {}).flatMap(([event, groups]) =>
    listOf(groups).flatMap((group, index) =>
      listOf(isObject(group) ? group.hooks : undefined).map((hook, place) => ({
        path: ['hooks', event, index, 'hooks', place] satisfies HookPath,
        hook,
      })),
    ),
  )
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The part of a hook's command line that names this installation and its spool. */
export function hookCommand(spoolFolder: string): string {
  return shellLine([join(REPOSITORY_ROOT, 'apps/cli/bin.mjs'), 'hook', '--spool', spoolFolder])
}
