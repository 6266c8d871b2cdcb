import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the range from which Linux gives ports to clients and to those who listen on port 0 (32768 to 60999),
 * so that none of these takes the port before it is used.
 */
const PORTS = { first: 20_000, last: 31_999 }
const ATTEMPTS_MAX = 100

/** A port on 127.0.0.1 that was free a moment ago. Code that can listen on port 0 should do that instead. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(PORTS.first, PORTS.last + 1)
    if (await isFree(port)) return port
    if (attempt === ATTEMPTS_MAX) throw new Error(`no free port was found in ${ATTEMPTS_MAX} attempts`)
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
