import { createHmac } from 'node:crypto'
import type { ObservedFields, ParsedObservation } from '@skillwatch/schema'

/** Bounds the memory of remembered hashes; agents of one machine have few users. */
const REMEMBERED_MAX = 1_000

/**
 * Hashes text with a key of its own (HMAC-SHA-256, first 128 bits, hex): equal texts stay recognisable inside a
 * project, and nobody without the key can try guesses (R10).
 */
export function createKeyedHash(key: Uint8Array): (text: string) => string {
  const remembered = new Map<string, string>()
  return (text) => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const hash = createHmac('sha256', key).update(text).digest('hex').slice(0, 32)
    if (remembered.size >= REMEMBERED_MAX) remembered.clear()
    if (text.length <= 200) remembered.set(text, hash)
    return hash
  }
}

/** The fields as they are stored: user id and texts leave only keyed hashes and sizes behind (R10). */
export function privateFields(observation: ParsedObservation, hash: (text: string) => string): ObservedFields {
  const { fields, user_id, user_query, arguments: args, result } = observation
  if ((user_id ?? user_query ?? args ?? result) === undefined) return fields
  return {
    ...fields,
    ...(user_id !== undefined && { user_hash: hash(user_id) }),
    ...(user_query !== undefined && { user_query_bytes: bytes(user_query), user_query_hash: hash(user_query) }),
    ...(args !== undefined && { arguments_bytes: bytes(args), arguments_hash: hash(args) }),
    ...(result !== undefined && { result_bytes: bytes(result), result_hash: hash(result) }),
  }
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}
