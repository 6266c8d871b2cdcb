import type { Kind } from '@skillwatch/schema'
import { isMcpTool } from '@skillwatch/schema/claude-code'
import { classifyAgentTool } from './agent-tools.ts'
import { textOf } from './attributes.ts'
import type { Span } from './read-records.ts'

/** The call that a span measures. */
export interface SpanCall {
  readonly operation: 'execute_tool' | 'tools/call' | 'claude_code.tool'
  readonly kind: Kind
  readonly skill_name: string
  /** The name of the tool, also where the call is named after a skill. */
  readonly toolName: string
  /** The span has the attributes of an MCP request. */
  readonly isMcp: boolean
}

/** The call that a span measures, undefined when it measures none, or the reason why it cannot be read. */
export function callOf(span: Span): SpanCall | { reason: string } | undefined {
  const operation = operationOf(span)
  if (operation === undefined) return undefined
  const { attributes } = span
  const toolName = textOf(attributes, ...TOOL_NAMES[operation]) ?? nameAfter(span.name, operation)
  const isMcp = textOf(attributes, 'mcp.method.name') === 'tools/call'
  const skill = textOf(attributes, 'gen_ai.skill.name')
  if (skill !== undefined)
    return { operation, kind: 'skill', skill_name: skill, toolName: toolName ?? skill, isMcp }
  if (toolName === undefined) return { reason: `${TOOL_NAMES[operation][0]} is missing` }
  if (operation === 'claude_code.tool')
    return { operation, toolName, isMcp, ...classifyAgentTool(toolName, attributes) }
  const kind = isMcp || isMcpTool(toolName) ? 'mcp' : 'tool'
  return { operation, kind, skill_name: toolName, toolName, isMcp }
}

/** Attributes with the name of the tool; today's name is first. */
const TOOL_NAMES = {
  execute_tool: ['gen_ai.tool.name', 'tool.name'],
  'tools/call': ['gen_ai.tool.name', 'mcp.tool.name', 'tool.name'],
  'claude_code.tool': ['tool_name', 'gen_ai.tool.name'],
} as const

function operationOf({ name, attributes }: Span): SpanCall['operation'] | undefined {
  const operation = textOf(attributes, 'gen_ai.operation.name')
  // Early instrumentations have the operation only in the name of the span.
  if (operation === 'execute_tool' || (operation === undefined && name.startsWith('execute_tool ')))
    return 'execute_tool'
  if (textOf(attributes, 'mcp.method.name') === 'tools/call') return 'tools/call'
  return name === 'claude_code.tool' ? 'claude_code.tool' : undefined
}

/**
 * The name of the tool in a span name such as `execute_tool search`, for spans without an attribute for it.
 */
function nameAfter(spanName: string, operation: string): string | undefined {
  return spanName.startsWith(`${operation} `)
    ? spanName.slice(operation.length + 1).trim() || undefined
    : undefined
}
