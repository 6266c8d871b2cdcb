import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** Posts ready-made bodies to ingest over connections that are kept open. */
export interface HttpLoad extends Disposable {
  /** Posts all bodies, as many at a time as there are connections. @throws {Error} at any answer but 2xx */
  postAll(bodies: readonly Buffer[]): Promise<void>
  post(body: Buffer): Promise<void>
}

export function createHttpLoad(baseUrl: string, connections: number): HttpLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const url = new URL('/v1/invocations', baseUrl)
  const post = async (body: Buffer) => {
    const response = await send(url, agent, body)
    const answer = await text(response)
    if (response.statusCode !== 200)
      throw new Error(`expected 200 from ${url}, got ${response.statusCode}: ${answer}`)
  }
  return {
    post,
    async postAll(bodies) {
      let next = 0
      const work = async () => {
        while (next < bodies.length) await post(bodies[next++]!)
      }
      await Promise.all(Array.from({ length: connections }, work))
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

function send(url: URL, agent: Agent, body: Buffer): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    request(url, { agent, method: 'POST', headers }).on('response', resolve).on('error', reject).end(body)
  })
}
