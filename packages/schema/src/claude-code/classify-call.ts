import { NAME_LENGTH_MAX } from '../limits.ts'
import type { Kind } from '../words.ts'
import { type JsonObject, textOf } from './json.ts'

/** What a tool call of the agent is in our words. */
export interface Called {
  readonly kind: Kind
  readonly skill_name: string
}

/**
 * A call by its tool and input. Names moved between versions: `Skill` had its skill in `command` before `skill`,
 * `SlashCommand` came before skills took commands in, `Task` became `Agent`.
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

/** The name alone: no slash before it, none of the arguments after it. */
export function commandName(text: string | undefined): string | undefined {
  return nameOf(text?.trim().replace(/^\//, '').split(/\s/, 1)[0])
}

/** The id of the command that a prompt is: one prompt is one command, to whoever tells of it. */
export function commandId(promptId: string): string {
  return `command_${promptId}`
}

function nameOf(text: string | undefined): string | undefined {
  return text !== undefined && text.length > 0 && text.length <= NAME_LENGTH_MAX ? text : undefined
}

const COMMAND_NAME = /<command-name>\/([^<]*)<\/command-name>/

/**
 * The slash command that a user record tells of. Claude Code writes it as tags at the start of the text; the same tags
 * further inside are somebody's quotation, and a name without slash is a skill that the agent has called.
 */
export function typedCommand(text: string): string | undefined {
  const start = text.trimStart()
  return start.startsWith('<command-') ? commandName(COMMAND_NAME.exec(start)?.[1]) : undefined
}
