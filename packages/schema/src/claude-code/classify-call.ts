import { NAME_LENGTH_MAX } from '../limits.ts'
import type { Kind } from '../words.ts'
import { type JsonObject, textOf } from './json.ts'

/** What an agent called: the kind and the name under which a call is recorded. */
export interface Called {
  readonly kind: Kind
  readonly skill_name: string
}

/**
 * Classifies a tool call by the name of the tool and its input. Older versions of Claude Code are covered:
 * `Skill` had its skill in `command`, slash commands had a tool of their own (`SlashCommand`), and `Agent`
 * was named `Task`.
 */
export function classifyCall(toolName: string, input: JsonObject): Called {
  switch (toolName) {
    case 'Skill':
      return {
        kind: 'skill',
        skill_name: commandName(textOf(input, 'skill') ?? textOf(input, 'command')) ?? toolName,
      }
    case 'SlashCommand':
      return { kind: 'command', skill_name: commandName(textOf(input, 'command')) ?? toolName }
    case 'Agent':
    case 'Task':
      return { kind: 'agent', skill_name: nameOf(textOf(input, 'subagent_type')) ?? toolName }
    default:
      return { kind: toolName.startsWith('mcp__') ? 'mcp' : 'tool', skill_name: toolName }
  }
}

/** The name of a command without its slash and its arguments. */
export function commandName(text: string | undefined): string | undefined {
  return nameOf(text?.trim().replace(/^\//, '').split(/\s/, 1)[0])
}

/**
 * The id of a typed command. A prompt holds at most one, so every witness derives the same id from the
 * prompt.
 */
export function commandId(promptId: string): string {
  return `command_${promptId}`
}

function nameOf(text: string | undefined): string | undefined {
  return text !== undefined && text.length > 0 && text.length <= NAME_LENGTH_MAX ? text : undefined
}

const COMMAND_NAME = /<command-name>\/([^<]*)<\/command-name>/

/**
 * The slash command in the text of a user record. Claude Code writes it as tags at the start of the text.
 * The same tags further inside are a quotation, and a name without a slash is a skill that the agent called.
 */
export function typedCommand(text: string): string | undefined {
  const start = text.trimStart()
  return start.startsWith('<command-') ? commandName(COMMAND_NAME.exec(start)?.[1]) : undefined
}
