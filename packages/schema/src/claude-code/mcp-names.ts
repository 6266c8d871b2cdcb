/** Where details are not told, every call of an MCP server has the one name `mcp_tool`. */
export function isMcpTool(toolName: string): boolean {
  return toolName === 'mcp_tool' || toolName.startsWith('mcp__')
}

/** Whether an agent calls the tool of an MCP server by this name: as the server does, with the server before it, or not at all. */
export function isNameOfMcpTool(name: string, nameAtServer: string): boolean {
  if (name === nameAtServer) return true
  return isMcpTool(name) && (name.endsWith(`__${nameAtServer}`) || !name.startsWith('mcp__'))
}
