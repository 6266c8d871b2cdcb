import {
  type Called,
  classifyCall,
  isMcpTool,
  isObject,
  type JsonObject,
  REDACTED_SKILL,
  textOf,
} from '@skillwatch/schema/claude-code'
import { type Attributes, textOf as attributeText } from './attributes.ts'

/** Longest parameters of a call that are parsed. */
const PARAMETERS_LENGTH_MAX = 100_000

/**
 * Classifies a call of Claude Code by the name of its tool and its parameters, if the attributes contain
 * them: as JSON in one attribute, or each in an attribute of its own.
 */
export function classifyAgentTool(toolName: string, attributes: Attributes): Called {
  const parameters = readParameters(attributeText(attributes, 'tool_parameters'))
  const parameter = (name: string) =>
    textOf(parameters, name)?.toWellFormed() ?? attributeText(attributes, name)
  const skill = parameter('skill_name') ?? (toolName === 'Skill' ? REDACTED_SKILL : undefined)
  const input = { skill, command: parameter('command'), subagent_type: parameter('subagent_type') }
  const [server, tool] = [parameter('mcp_server_name'), parameter('mcp_tool_name')]
  const called = classifyCall(toolName, input)
  if (called.kind !== 'tool' && called.kind !== 'mcp') return called
  if (server !== undefined && tool !== undefined)
    return { kind: 'mcp', skill_name: `mcp__${server}__${tool}` }
  return isMcpTool(toolName) ? { kind: 'mcp', skill_name: toolName } : called
}

function readParameters(text: string | undefined): JsonObject {
  if (text === undefined || text.length > PARAMETERS_LENGTH_MAX) return {}
  try {
    const parameters: unknown = JSON.parse(text)
    return isObject(parameters) ? parameters : {}
  } catch {
    // Senders cut long parameters, and the first part of a JSON text cannot be parsed.
    return {}
  }
}
