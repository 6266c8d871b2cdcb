import type { Kind } from '@skillwatch/schema'

/** How a call ended in the agent, whether or not a witness saw it. */
export type Ending =
  | 'completed'
  | 'failed'
  | 'refused_by_user'
  | 'denied_by_policy'
  | 'interrupted'
  | 'cut_off'

/** One call of the script; its times count from the start of the session. */
export interface ScriptedCall {
  readonly index: number
  readonly kind: Kind
  readonly name: string
  /** Claude Code's tool; a typed command has none. */
  readonly tool: string | undefined
  readonly input: Readonly<Record<string, string>>
  readonly prompt: number
  readonly startMs: number
  readonly durationMs: number
  readonly ending: Ending
  /** The call of a skill during which the agent made this one. */
  readonly insideSkill?: number
  /** The call of a sub-agent that made this one. */
  readonly insideAgent?: number
  /** What was typed is a skill. */
  readonly isTypedSkill?: true
  /** Telemetry hides this skill's name. */
  readonly isRedacted?: true
}

const STEP_MS = 8_000

/**
 * Thirty calls of four prompts, with every ending: skills (one is nested, one is called more than once in a
 * prompt, one has a redacted name), typed commands (one is a skill with a redacted name), MCP and other
 * tools, and a sub-agent with calls of its own.
 */
export const SCRIPT: readonly ScriptedCall[] = [
  command(1, 'review'),
  tool(1, 'Read'),
  tool(1, 'Grep'),
  tool(1, 'Bash', { ending: 'failed' }),
  skill(1, 'pdf-fill'),
  tool(1, 'Read', { insideSkill: 4 }),
  tool(1, 'Bash'),
  skill(2, 'release-notes'),
  skill(2, 'changelog', { insideSkill: 7 }),
  mcp(2, 'github', 'search'),
  mcp(2, 'github', 'get_issue', { ending: 'failed' }),
  tool(2, 'Write', { ending: 'refused_by_user' }),
  skill(2, 'pdf-fill'),
  skill(2, 'in-house', { isRedacted: true }),
  agent(3, 'explorer', { durationMs: 4.5 * STEP_MS }),
  tool(3, 'Read', { insideAgent: 14 }),
  tool(3, 'Grep', { insideAgent: 14, ending: 'failed' }),
  mcp(3, 'github', 'search', { insideAgent: 14 }),
  tool(3, 'Bash', { insideAgent: 14 }),
  tool(3, 'Bash', { ending: 'denied_by_policy' }),
  tool(3, 'Edit', { ending: 'failed' }),
  tool(3, 'Bash', { ending: 'interrupted' }),
  agent(3, 'critic', { ending: 'failed' }),
  command(4, 'deploy', { isTypedSkill: true, isRedacted: true }),
  skill(4, 'pdf-fill'),
  skill(4, 'pdf-fill'),
  mcp(4, 'linear', 'create', { ending: 'refused_by_user' }),
  mcp(4, 'linear', 'list'),
  skill(4, 'archive', { ending: 'cut_off' }),
  mcp(4, 'linear', 'wait', { ending: 'cut_off' }),
].map((call, index) => ({ ...call, index, startMs: index * STEP_MS }))

type Draft = Omit<ScriptedCall, 'index' | 'startMs'>
type More = Partial<
  Pick<Draft, 'durationMs' | 'ending' | 'insideSkill' | 'insideAgent' | 'isRedacted' | 'isTypedSkill'>
>

function draft(
  prompt: number,
  called: Pick<Draft, 'kind' | 'name' | 'tool' | 'input'>,
  more: More = {},
): Draft {
  return { prompt, durationMs: STEP_MS / 2 + called.name.length, ending: 'completed', ...called, ...more }
}

function tool(prompt: number, name: string, more?: More): Draft {
  return draft(prompt, { kind: 'tool', name, tool: name, input: { path: 'a.txt' } }, more)
}

function mcp(prompt: number, server: string, method: string, more?: More): Draft {
  const name = `mcp__${server}__${method}`
  return draft(prompt, { kind: 'mcp', name, tool: name, input: { query: 'open' } }, more)
}

function skill(prompt: number, name: string, more?: More): Draft {
  return draft(prompt, { kind: 'skill', name, tool: 'Skill', input: { skill: name } }, more)
}

function agent(prompt: number, name: string, more?: More): Draft {
  return draft(
    prompt,
    { kind: 'agent', name, tool: 'Agent', input: { subagent_type: name, prompt: 'go' } },
    more,
  )
}

function command(prompt: number, name: string, more?: More): Draft {
  return draft(prompt, { kind: 'command', name, tool: undefined, input: {} }, more)
}
