import { createHmac } from 'node:crypto'

/** Bounds the memory of remembered hashes; agents of one machine have few users. */
const REMEMBERED_MAX = 1_000

/**
 * Hashes text with a key of its own (HMAC-SHA-256, first 128 bits, hex): equal texts stay recognisable
 * inside a project, and nobody without the key can try guesses (R10).
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
