import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A port on 127.0.0.1 that nobody listened on a moment ago. Where the code under test can take port 0, let it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
