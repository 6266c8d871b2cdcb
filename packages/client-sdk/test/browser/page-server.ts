import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { listen } from '../listen.ts'

const PAGE = `<!doctype html><title>page</title>
<script type="module">import * as skillwatch from './index.js'; globalThis.skillwatch = skillwatch</script>`

/** Serves a page and the built package that it loads. */
export function servePage(dist: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(({ url }, response) => {
    if (url === '/') response.setHeader('content-type', 'text/html').end(PAGE)
    else if (url === '/index.js') {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(join(dist, 'index.js')))
    } else response.writeHead(404).end()
  })
  return listen(server)
}
