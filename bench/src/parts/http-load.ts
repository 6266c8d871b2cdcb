import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** Sends requests to a service over connections that are kept open. */
export interface HttpLoad extends Disposable {
  /** Posts observations to ingest. @throws {Error} at any answer but 200 */
  post(body: Buffer): Promise<void>
  /** Posts all bodies, as many at a time as there are connections. */
  postAll(bodies: readonly Buffer[]): Promise<void>
  /**
   * Posts the bodies of a lane one after the other, and as many lanes at a time as there are connections.
   */
  postLanes(lanes: readonly (readonly Buffer[])[]): Promise<void>
  /** @returns the body of the answer  @throws {Error} at any answer but 200, or when the time is up */
  send(method: string, path: string, body?: Buffer, timeoutMs?: number): Promise<string>
}

export function createHttpLoad(baseUrl: string, connections: number): HttpLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const send: HttpLoad['send'] = (method, path, body, timeoutMs) =>
    answerOf(new URL(path, baseUrl), { agent, method, timeoutMs }, body)
  const post = async (body: Buffer) => void (await send('POST', '/v1/invocations', body))
  const postLanes = async (lanes: readonly (readonly Buffer[])[]) => {
    let next = 0
    const work = async () => {
      while (next < lanes.length) for (const body of lanes[next++]!) await post(body)
    }
    await Promise.all(Array.from({ length: connections }, work))
  }
  return {
    send,
    post,
    postLanes,
    postAll: (bodies) => postLanes(bodies.map((body) => [body])),
    [Symbol.dispose]: () => agent.destroy(),
  }
}

interface SendOptions {
  readonly agent: Agent
  readonly method: string
  readonly timeoutMs: number | undefined
}

function answerOf(url: URL, options: SendOptions, body: Buffer | undefined): Promise<string> {
  const { agent, method, timeoutMs } = options
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
  const headers = body && { 'content-type': 'application/json', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers, signal }, (response) => {
      text(response).then((answer) => {
        if (response.statusCode === 200) resolve(answer)
        else reject(new Error(`expected 200 from ${url}, got ${response.statusCode}: ${answer}`))
      }, reject)
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The service may close a kept connection while it is used again; without an answer it is sent again.
      if (error.code === 'ECONNRESET' && sent.reusedSocket) resolve(answerOf(url, options, body))
      else reject(error)
    })
    sent.end(body)
  })
}

export function toBody(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
