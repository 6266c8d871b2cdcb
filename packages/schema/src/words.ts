import { type Static, Type } from 'typebox'

/** What was called: a skill, a slash command, a sub-agent, an MCP tool, or any other tool. */
export const Kind = Type.Enum(['skill', 'command', 'agent', 'mcp', 'tool'], {
  description: 'What was called. `skill` unless said otherwise.',
})
export type Kind = Static<typeof Kind>

/** What became of an invocation. `running` is the only one that is not final. */
export const Outcome = Type.Enum(['running', 'completed', 'failed', 'rejected', 'abandoned'], {
  description:
    'What became of it: still `running`, `completed`, `failed`, `rejected` (refused by user or policy) or `abandoned` (the session ended first).',
})
export type Outcome = Static<typeof Outcome>

/** By whose choice the call was made. */
export const Trigger = Type.Enum(['user', 'agent', 'nested', 'preload', 'unknown'], {
  description: 'By whose choice the call was made.',
})
export type Trigger = Static<typeof Trigger>

/** Who saw the call. Several witnesses of one call become one row. */
export const Witness = Type.Enum(['sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import'], {
  description: 'Who saw the call. `sdk` unless said otherwise.',
})
export type Witness = Static<typeof Witness>

export const KINDS: readonly Kind[] = Kind.enum
export const OUTCOMES: readonly Outcome[] = Outcome.enum
export const WITNESSES: readonly Witness[] = Witness.enum

/** What an API key may do. `admin` includes the other two. */
export const Scope = Type.Enum(['ingest', 'read', 'admin'], {
  description: 'What an API key may do; `admin` includes the others.',
})
export type Scope = Static<typeof Scope>
export const SCOPES: readonly Scope[] = Scope.enum
