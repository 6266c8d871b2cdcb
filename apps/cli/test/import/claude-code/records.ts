import { formatInstant } from '@skillwatch/schema'
import type { JsonObject } from '@skillwatch/schema/claude-code'

export const START_MS = Date.UTC(2026, 3, 18, 13)

/** A record as Claude Code writes it, at a second of the session. */
export function aRecord(second: number, fields: JsonObject): JsonObject {
  const timestamp = formatInstant(START_MS + second * 1_000)
  return {
    uuid: `uuid-${second}`,
    timestamp,
    sessionId: 'session-1',
    version: '2.1.114',
    isSidechain: false,
    ...fields,
  }
}

export function aCall(
  second: number,
  id: string,
  { messageId = `message-${second}`, name = 'Bash', input = {}, ...fields }: JsonObject = {},
): JsonObject {
  const content = [{ type: 'tool_use', id, name, input }]
  return aRecord(second, {
    type: 'assistant',
    message: { id: messageId, model: 'm', role: 'assistant', content },
    ...fields,
  })
}

export function aResult(
  second: number,
  id: string,
  { isError = false, text = 'fine', ...fields }: JsonObject = {},
): JsonObject {
  const content = [
    { type: 'tool_result', tool_use_id: id, content: text, ...(isError === true && { is_error: true }) },
  ]
  return aRecord(second, { type: 'user', message: { role: 'user', content }, ...fields })
}

export function aMessage(second: number, fields: JsonObject = {}): JsonObject {
  const message = {
    id: `message-${second}`,
    model: 'm',
    role: 'assistant',
    content: [{ type: 'text', text: 'so' }],
  }
  return aRecord(second, { type: 'assistant', message, ...fields })
}

export function aPrompt(second: number, text: string, fields: JsonObject = {}): JsonObject {
  return aRecord(second, { type: 'user', message: { role: 'user', content: text }, ...fields })
}
