import {
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { FetchLike } from '../shared/fetch-like.ts'
import { startTimer } from '../shared/timer.ts'

const ANSWER_BYTES_MAX = 8 * 1_048_576
/** Node stays alive while it connects, and no call can change that, so the time to connect is kept short. */
const CONNECT_MS_MAX = 2_000

export interface UnrefFetch {
  readonly fetch: FetchLike
  close(): void
}

/**
 * Requests that do not keep Node alive: the built-in `fetch` holds the process until the server has
 * answered.
 */
export function createUnrefFetch(): UnrefFetch {
  const options = { keepAlive: true, maxSockets: 4 }
  const http = { request: requestHttp, agent: new HttpAgent(options) }
  const https = { request: requestHttps, agent: new HttpsAgent(options) }
  return {
    async fetch(url, { method, headers, body, signal }) {
      const { request, agent } = url.startsWith('https:') ? https : http
      const response = await answer(
        request,
        url,
        { method, headers, agent, signal } as RequestOptions,
        body as Uint8Array,
      )
      const text = await readWhole(response)
      const status = response.statusCode!
      return {
        ok: status >= 200 && status < 300,
        status,
        headers: { get: (name) => response.headers[name]?.toString() ?? null },
        text: () => Promise.resolve(text),
      }
    },
    close() {
      http.agent.destroy()
      https.agent.destroy()
    },
  }
}

function answer(
  request: typeof requestHttp,
  url: string,
  options: RequestOptions,
  body: Uint8Array | undefined,
) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, options, resolve)
    sent.on('error', reject)
    sent.on('socket', (socket) => {
      socket.unref()
      if (!socket.connecting) return
      const timer = startTimer(
        () => sent.destroy(new Error(`no connection within ${CONNECT_MS_MAX} ms`)),
        CONNECT_MS_MAX,
      )
      for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer))
    })
    sent.end(body)
  })
}

async function readWhole(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Throws when the connection is closed before the end of the answer.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
