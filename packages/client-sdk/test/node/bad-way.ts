import { once } from 'node:events'
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What may happen to a request between a client and a server. In all but the first four the server commits. */
export const MISHAPS = [
  'refused',
  '429',
  '500',
  '503',
  'cut',
  'half an answer',
  'no answer',
  'garbage',
] as const
export type Mishap = (typeof MISHAPS)[number]

/** A real HTTP proxy that lets each request meet with what `next` says, and with nothing when it says nothing. */
export async function startBadWay(
  target: string,
  next: () => Mishap | undefined,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(async (incoming, reply) => {
    const mishap = next()
    if (mishap === 'refused') return incoming.destroy()
    const body = await buffer(incoming).catch(() => undefined)
    if (body === undefined) return
    if (mishap === '429') return reply.writeHead(429, { 'retry-after': '0' }).end('{"title":"too many"}')
    if (mishap === '500' || mishap === '503') return reply.writeHead(Number(mishap)).end('<h1>not now</h1>')
    const [status, answer] = await forward(target, incoming, body)
    spoil(reply, mishap, status, answer)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function forward(target: string, { url, method, headers }: IncomingMessage, body: Buffer) {
  const sent: ClientRequest = request(`${target}${url}`, {
    method,
    headers: { ...headers, host: new URL(target).host },
  })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return [answer.statusCode!, await buffer(answer)] as const
}

function spoil(reply: ServerResponse, mishap: Mishap | undefined, status: number, answer: Buffer): void {
  switch (mishap) {
    case 'cut':
      reply.destroy()
      break
    case 'half an answer':
      reply.writeHead(status, { 'content-length': answer.length })
      reply.write(answer.subarray(0, answer.length / 2), () => reply.destroy())
      break
    case 'no answer':
      // The client gives up first.
      break
    case 'garbage':
      reply.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please log in to this network</h1>')
      break
    default:
      reply.writeHead(status).end(answer)
  }
}
