import { REDACTED_MCP_TOOL } from './redacted-names.ts'

/** Where details are not told, every call of an MCP server has one and the same name. */
export function isMcpTool(toolName: string): boolean {
  return toolName === REDACTED_MCP_TOOL || toolName.startsWith('mcp__')
}

/** Whether an agent calls the tool of an MCP server by this name: as the server does, with the server before it, or not at all. */
export function isNameOfMcpTool(name: string, nameAtServer: string): boolean {
  if (name === nameAtServer) return true
  return isMcpTool(name) && (name.endsWith(`__${nameAtServer}`) || !name.startsWith('mcp__'))
}
