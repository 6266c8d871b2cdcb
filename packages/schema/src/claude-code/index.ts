// Translates Claude Code's names into ours. It has an entry point of its own because a hook process starts
// for every tool call and has no time to load the schemas: no module in this folder may import them at run
// time.
export { type Called, classifyCall, commandId, commandName, typedCommand } from './classify-call.ts'
export { classifyResult, type Ending } from './classify-result.ts'
export { folderName } from './folder-name.ts'
export { HOOK_EVENTS, type HookExtraction, readHook, type SessionEnd } from './hook.ts'
export { isObject, type JsonObject, textOf } from './json.ts'
export { isMcpTool, isNameOfMcpTool } from './mcp-names.ts'
export { isPlaceholderName, REDACTED_NAMES, REDACTED_SKILL } from './redacted-names.ts'
