import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { firstError } from './first-error.ts'
import { InstantInput } from './instant.ts'
import { parseInstant } from './parse-instant.ts'
import type { ParseResult } from './parse-observation.ts'
import { name } from './text.ts'

/**
 * One prompt of a user, as one witness reports it. It begins a turn: everything until the next prompt of its
 * session. Several witnesses may report one prompt; the earliest begin and the latest interruption are kept.
 */
export const PromptInput = Type.Object(
  {
    prompt_id: name('Id of the prompt within its session. Calls and requests to models carry it too.'),
    session_id: name('The agent conversation.'),
    user_id: Type.Optional(name('The user of the agent. Only a keyed hash is stored.')),
    agent_name: Type.Optional(name('The agent that was asked, such as `claude-code`.')),
    agent_version: Type.Optional(name('Version of that agent.')),
    repository: Type.Optional(name('Name of the folder that the agent worked in, without its path.')),
    branch: Type.Optional(name('Git branch that was checked out.')),
    began_at: Type.Optional(InstantInput),
    interrupted_at: Type.Optional(InstantInput),
  },
  {
    additionalProperties: false,
    description:
      'One prompt of a user, without its text. `interrupted_at` is when the user stopped the agent.',
  },
)
export type PromptInput = Static<typeof PromptInput>

const compiled = Compile(PromptInput)

/** Checks one item of a request body. Never throws. */
export function parsePrompt(value: unknown, nowMs: number): ParseResult {
  if (!compiled.Check(value)) return firstError(compiled, value)
  const { began_at, interrupted_at, user_id, ...fields } = value
  const beganAtMs = began_at === undefined ? undefined : parseInstant(began_at, nowMs)
  if (typeof beganAtMs === 'object') return { pointer: '/began_at', reason: beganAtMs.reason }
  const interruptedAtMs = interrupted_at === undefined ? undefined : parseInstant(interrupted_at, nowMs)
  if (typeof interruptedAtMs === 'object')
    return { pointer: '/interrupted_at', reason: interruptedAtMs.reason }
  return {
    observation: {
      invocation_id: `prompt-${fields.prompt_id}`,
      witness: 'sdk',
      prompt: true,
      fields: {
        ...fields,
        ...(beganAtMs !== undefined && { invoked_at_ms: beganAtMs }),
        ...(interruptedAtMs !== undefined && { ended_at_ms: interruptedAtMs }),
      },
      ...(user_id !== undefined && { user_id }),
    },
  }
}
