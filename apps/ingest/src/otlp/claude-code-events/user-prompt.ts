import { commandId, commandName } from '@skillwatch/schema/claude-code'
import { textOf } from '../attributes.ts'
import type { Extraction } from '../extraction.ts'
import { defined } from '../values.ts'
import { commonFields, type Event, instantOf, ownIdOf } from './event.ts'

/**
 * A prompt that is a typed command. Every witness derives the id of a command from its prompt. A command
 * that is built in has no prompt of its own, so its observation is uncorrelated.
 */
export function translateUserPrompt(event: Event): Extraction {
  const { attributes } = event.log
  const command = commandName(textOf(attributes, 'command_name'))
  if (command === undefined) return { unused: event.log.eventName }
  const promptId = textOf(attributes, 'prompt.id')
  const isBuiltIn = promptId === undefined || textOf(attributes, 'command_source') === 'builtin'
  return {
    ...(isBuiltIn && { uncorrelated: true as const }),
    observation: defined({
      ...commonFields(event, { kind: 'command', skill_name: command }),
      invocation_id: isBuiltIn ? ownIdOf(event, command) : commandId(promptId),
      trigger: 'user' as const,
      invoked_at: instantOf(event.log),
      outcome: 'completed' as const,
    }),
  }
}
