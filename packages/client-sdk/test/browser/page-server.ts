import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const PAGE = `<!doctype html><title>page</title>
<script type="module">import * as skillwatch from './index.js'; globalThis.skillwatch = skillwatch</script>`

/** Serves a page that loads the built package, that package beside it. */
export async function servePage(dist: string): Promise<AsyncDisposable & { readonly origin: string }> {
  const server = createServer(({ url }, response) => {
    if (url === '/') response.setHeader('content-type', 'text/html').end(PAGE)
    else if (url === '/index.js') {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(join(dist, 'index.js')))
    } else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
