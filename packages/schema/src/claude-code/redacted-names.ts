import type { Kind } from '../words.ts'

/** The name that Claude Code's telemetry sends in place of a skill's own. */
export const REDACTED_SKILL = 'custom_skill'
/** The name that it sends in place of every tool of an MCP server. */
export const REDACTED_MCP_TOOL = 'mcp_tool'

/**
 * Names that Claude Code's telemetry sends in place of the real ones, by kind, unless
 * `OTEL_LOG_TOOL_DETAILS` is set. A typed skill is a command here, and commands are `custom` or `mcp` by
 * their source. Tools always keep their names.
 */
export const REDACTED_NAMES: Readonly<Record<Kind, readonly string[]>> = {
  skill: [REDACTED_SKILL, 'third-party'],
  command: [REDACTED_SKILL, 'third-party', 'custom', 'mcp'],
  agent: ['custom', 'third-party'],
  mcp: [REDACTED_MCP_TOOL],
  tool: [],
}

/** Names of tools that `classifyCall` records when the input does not name the skill, command or agent. */
const NAMES_OF_TOOLS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  skill: ['Skill'],
  command: ['SlashCommand'],
  agent: ['Agent', 'Task'],
}

const PLACEHOLDERS = new Map(
  Object.entries(REDACTED_NAMES).map(([kind, names]) => [
    kind,
    new Set([...names, ...(NAMES_OF_TOOLS[kind as Kind] ?? [])]),
  ]),
)
const PLACEHOLDERS_OF_ANY_KIND: ReadonlySet<string> = new Set(
  [...PLACEHOLDERS.values()].flatMap((names) => [...names]),
)

/** Whether a name is a placeholder name. The real name from any other witness replaces it (R4). */
export function isPlaceholderName(name: string, kind?: Kind): boolean {
  return (kind === undefined ? PLACEHOLDERS_OF_ANY_KIND : PLACEHOLDERS.get(kind)!).has(name)
}
