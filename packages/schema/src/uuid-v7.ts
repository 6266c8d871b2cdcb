const POOL_BYTES = 2_048
const pool = new Uint8Array(POOL_BYTES)
let used = POOL_BYTES

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * A UUIDv7 (RFC 9562 section 5.7): 48 bits of epoch milliseconds, the rest random. Ids created later sort
 * later. Works in browsers too, also in pages without TLS, where `crypto.randomUUID` does not exist.
 */
export function uuidV7(nowMs: number): string {
  if (used + 10 > POOL_BYTES) {
    globalThis.crypto.getRandomValues(pool)
    used = 0
  }
  const random = (index: number) => HEX[pool[used + index]!]!
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  const version = HEX[0x70 | (pool[used]! & 0x0f)]!
  const variant = HEX[0x80 | (pool[used + 2]! & 0x3f)]!
  const tail = random(4) + random(5) + random(6) + random(7) + random(8) + random(9)
  const id = `${time.slice(0, 8)}-${time.slice(8)}-${version}${random(1)}-${variant}${random(3)}-${tail}`
  used += 10
  return id
}
