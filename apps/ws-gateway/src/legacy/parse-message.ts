import { NAME_LENGTH_MAX } from '@skillwatch/schema'

/** What a session-buddy client may ask. `skill` is null for all skills. */
export type LegacyRequest =
  | { type: 'subscribe'; skill: string | null }
  | { type: 'unsubscribe' }
  | { type: 'ping' }
  | { type: 'get_metrics'; skill: string | null }

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The JSON object of a message, sent as text or as binary; undefined for anything else. */
export function parseJsonObject(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(data))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    // The protocol has no error replies: anything that is not JSON is ignored.
    return undefined
  }
}

/** The request in a message; undefined for an unknown one, which is ignored. */
export function parseLegacyRequest(data: Uint8Array): LegacyRequest | undefined {
  const message = parseJsonObject(data)
  switch (message?.type) {
    case 'subscribe':
    case 'get_metrics':
      return { type: message.type, skill: skillOf(message) }
    case 'unsubscribe':
    case 'ping':
      return { type: message.type }
    default:
      return undefined
  }
}

/**
 * Session-buddy's code reads `skill`, its documents name the field `skill_name`. Longer names than ours are
 * cut.
 */
function skillOf({ skill, skill_name }: Record<string, unknown>): string | null {
  const name = typeof skill === 'string' ? skill : skill_name
  return typeof name === 'string' && name !== '' ? name.slice(0, NAME_LENGTH_MAX) : null
}
