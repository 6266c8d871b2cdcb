import type { PromptInput } from '@skillwatch/schema'
import { commandId, commandName } from '@skillwatch/schema/claude-code'
import { textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import { defined, userOf } from '../values.ts'
import { commonFields, type Event, instantOf, ownIdOf, versionOf } from './event.ts'

/**
 * A prompt, and the command that it is when it was typed as one. Every witness derives the id of a command
 * from its prompt. A command that is built in has no prompt of its own, so its observation is uncorrelated.
 */
export function translateUserPrompt(event: Event): Extraction {
  const { attributes } = event.log
  const command = commandName(textOf(attributes, 'command_name'))
  const promptId = textOf(attributes, 'prompt.id')
  if (command === undefined && promptId === undefined) return { unused: event.log.eventName }
  if (command === undefined) return { prompt: promptOf(event, promptId!) }
  const isBuiltIn = promptId === undefined || textOf(attributes, 'command_source') === 'builtin'
  return {
    ...(isBuiltIn ? { uncorrelated: true as const } : { prompt: promptOf(event, promptId) }),
    observation: defined({
      ...commonFields(event, { kind: 'command', skill_name: command }),
      invocation_id: isBuiltIn ? ownIdOf(event, command) : commandId(promptId),
      trigger: 'user' as const,
      invoked_at: instantOf(event.log),
      outcome: 'completed' as const,
    }),
  }
}

function promptOf(event: Event, promptId: string): PromptInput {
  const { log, sessionId } = event
  return defined({
    prompt_id: promptId,
    session_id: sessionId,
    user_id: userOf(log.attributes, log.resource),
    agent_name: 'claude-code',
    agent_version: versionOf(log),
    began_at: instantOf(log),
  })
}
