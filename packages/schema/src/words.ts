import { type Static, Type } from 'typebox'
import { KINDS, OUTCOMES, SCOPES, WITNESSES } from './vocabulary.ts'

export { KINDS, OUTCOMES, SCOPES, WITNESSES }

/** What was called: a skill, a slash command, a sub-agent, an MCP tool, or any other tool. */
export const Kind = Type.Enum(KINDS, {
  description: 'What was called. `skill` unless said otherwise.',
})
export type Kind = Static<typeof Kind>

/** What became of an invocation. `running` is the only one that is not final. */
export const Outcome = Type.Enum(OUTCOMES, {
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
export const Witness = Type.Enum(WITNESSES, {
  description: 'Who saw the call. `sdk` unless said otherwise.',
})
export type Witness = Static<typeof Witness>

/** What an API key may do. `admin` includes the other two. */
export const Scope = Type.Enum(SCOPES, {
  description: 'What an API key may do; `admin` includes the others.',
})
export type Scope = Static<typeof Scope>
