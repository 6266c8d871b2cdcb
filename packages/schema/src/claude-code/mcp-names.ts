import { REDACTED_MCP_TOOL } from './redacted-names.ts'

/**
 * Whether this is a tool of an MCP server: by its own name, or by the one placeholder name that telemetry
 * gives all of them.
 */
export function isMcpTool(toolName: string): boolean {
  return toolName === REDACTED_MCP_TOOL || toolName.startsWith('mcp__')
}

/**
 * Whether an agent can mean a tool of an MCP server by this name: the server's own name for it, that name
 * behind the server's (`mcp__server__tool`), or a placeholder name.
 */
export function isNameOfMcpTool(name: string, nameAtServer: string): boolean {
  if (name === nameAtServer) return true
  return isMcpTool(name) && (name.endsWith(`__${nameAtServer}`) || !name.startsWith('mcp__'))
}
