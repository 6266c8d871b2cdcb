import type { Kind } from '../words.ts'

/** What Claude Code's telemetry says for a skill whose name it does not tell. */
export const REDACTED_SKILL = 'custom_skill'
/** What it says for every tool of an MCP server. */
export const REDACTED_MCP_TOOL = 'mcp_tool'

/**
 * What Claude Code's telemetry says instead of names, unless `OTEL_LOG_TOOL_DETAILS` is set, by what was called. A typed skill
 * is a command here, and commands are `custom` or `mcp` by where they come from. Tools have their own names always.
 */
export const REDACTED_NAMES: Readonly<Record<Kind, readonly string[]>> = {
  skill: [REDACTED_SKILL, 'third-party'],
  command: [REDACTED_SKILL, 'third-party', 'custom', 'mcp'],
  agent: ['custom', 'third-party'],
  mcp: [REDACTED_MCP_TOOL],
  tool: [],
}

/** Tools whose own name stands for what was called where the call does not say it, as `classifyCall` has it. */
const NAMES_OF_TOOLS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  skill: ['Skill'],
  command: ['SlashCommand'],
  agent: ['Agent', 'Task'],
}

const STAND_INS = new Map(
  Object.entries(REDACTED_NAMES).map(([kind, names]) => [
    kind,
    new Set([...names, ...(NAMES_OF_TOOLS[kind as Kind] ?? [])]),
  ]),
)
const STAND_INS_OF_ANY: ReadonlySet<string> = new Set([...STAND_INS.values()].flatMap((names) => [...names]))

/** Whether a name only stands for one that was not told. A real name of any other witness wins over it (R4). */
export function isPlaceholderName(name: string, kind?: Kind): boolean {
  return (kind === undefined ? STAND_INS_OF_ANY : STAND_INS.get(kind)!).has(name)
}
