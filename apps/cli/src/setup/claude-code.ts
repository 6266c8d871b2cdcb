import type { Wanted } from './edit.ts'

export interface SetupChoice {
  readonly ingestUrl: string
  /** Whether hooks send an API key, which they take from the agent's environment. */
  readonly hasKey: boolean
  readonly hooks: 'http' | 'command' | 'none'
  readonly telemetry: boolean
  /** The command of a command hook. */
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

/** The settings with which Claude Code reports its calls to Skillwatch. */
export function wantedSettings(choice: SetupChoice): Wanted {
  const events = choice.hooks === 'http' ? [...EVENTS, ...AGENT_EVENTS] : EVENTS
  const group = { hooks: [choice.hooks === 'http' ? httpHook(choice) : commandHook(choice)] }
  return {
    env: choice.telemetry ? telemetry(choice) : {},
    hooks: choice.hooks === 'none' ? {} : Object.fromEntries(events.map((event) => [event, group])),
  }
}

function httpHook({ ingestUrl, hasKey }: SetupChoice) {
  return {
    type: 'http',
    url: `${ingestUrl}/v1/hooks/claude-code`,
    timeout: TIMEOUT_S,
    ...(hasKey && {
      headers: { Authorization: 'Bearer $SKILLWATCH_API_KEY' },
      allowedEnvVars: ['SKILLWATCH_API_KEY'],
    }),
  }
}

/** Runs in the background, so that the agent does not wait for the start of a process. */
function commandHook({ command }: SetupChoice) {
  return { type: 'command', command, async: true, timeout: TIMEOUT_S }
}

function telemetry({ ingestUrl }: SetupChoice): Record<string, string> {
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_ENDPOINT: ingestUrl,
    OTEL_LOG_TOOL_DETAILS: '1',
  }
}

/** Variables that already send telemetry elsewhere, which the user chose. */
export function conflictingVariables(
  variables: Readonly<Record<string, unknown>>,
  wanted: Wanted,
  { ingestUrl }: SetupChoice,
): string[] {
  if (Object.keys(wanted.env).length === 0) return []
  // Variables for logs take precedence over those for all signals.
  const ofLogs = {
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${ingestUrl}/v1/logs`,
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: wanted.env.OTEL_EXPORTER_OTLP_PROTOCOL,
  }
  return Object.entries({ ...wanted.env, ...ofLogs }).flatMap(([name, value]) => {
    const current = variables[name]
    return current === undefined || current === '' || current === value ? [] : [name]
  })
}

/** The words as a command line for `sh`, quoted where needed. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}
