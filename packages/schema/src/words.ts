import { type Static, Type } from 'typebox'
import { KINDS, OUTCOMES, SCOPES, WITNESSES } from './vocabulary.ts'

export { KINDS, OUTCOMES, SCOPES, WITNESSES }

/** What was called: a skill, a slash command, a sub-agent, an MCP tool, or any other tool. */
export const Kind = Type.Enum(KINDS, {
  description: 'What was called.',
})
export type Kind = Static<typeof Kind>

/** How an invocation ended. Only `running` is not final. */
export const Outcome = Type.Enum(OUTCOMES, {
  description:
    'How the call ended: `completed`, `failed`, `rejected` (refused by user or policy) or ' +
    '`abandoned` (the session ended first); `running` before its end.',
})
export type Outcome = Static<typeof Outcome>

/** What caused the call. */
export const Trigger = Type.Enum(['user', 'agent', 'nested', 'preload', 'unknown'], {
  description:
    'What caused the call: the user, the agent, another skill (`nested`) or the start of a ' +
    'sub-agent (`preload`).',
})
export type Trigger = Static<typeof Trigger>

/** The source of an observation. Several witnesses of one call give one row. */
export const Witness = Type.Enum(WITNESSES, {
  description: 'The source of the observation. Default: `sdk`.',
})
export type Witness = Static<typeof Witness>

/** What an API key permits. `admin` includes the others. */
export const Scope = Type.Enum(SCOPES, {
  description:
    'What an API key permits: to record (`ingest`), to read, to post findings, to create and end ' +
    'experiments, or all of these and to administer (`admin`).',
})
export type Scope = Static<typeof Scope>
