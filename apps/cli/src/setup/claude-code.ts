import type { Wanted } from './edit.ts'

export interface SetupChoice {
  readonly ingestUrl: string
  /** Whether ingest wants a key; the hook takes it from the agent's environment. */
  readonly hasKey: boolean
  readonly hooks: 'http' | 'command' | 'none'
  readonly telemetry: boolean
  /** The command of a command hook. */
  readonly command: string
}

/** The events that tell of calls. Others would cost the agent time and tell nothing. */
const EVENTS = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionDenied', 'UserPromptExpansion']
/** Tells ingest which call started a sub-agent; a process of its own for each event has no such memory. */
const AGENT_EVENTS = ['SubagentStart']

/** Seconds the agent waits at most, should something hang. */
const TIMEOUT_S = 5

/** What the settings of Claude Code need for Skillwatch to see its calls. */
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

/** In the background: even the start of a process is more than the agent should wait for. */
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

/** Variables that send telemetry somewhere else already: they are somebody's choice. */
export function conflictingVariables(
  variables: Readonly<Record<string, unknown>>,
  wanted: Wanted,
  { ingestUrl }: SetupChoice,
): string[] {
  if (Object.keys(wanted.env).length === 0) return []
  // What is said of logs alone goes before what is said of everything.
  const ofLogs = {
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${ingestUrl}/v1/logs`,
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: wanted.env.OTEL_EXPORTER_OTLP_PROTOCOL,
  }
  return Object.entries({ ...wanted.env, ...ofLogs }).flatMap(([name, value]) => {
    const there = variables[name]
    return there === undefined || there === '' || there === value ? [] : [name]
  })
}

/** A command line for `sh`. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}
