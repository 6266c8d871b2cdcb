import { once } from 'node:events'
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'
import { listen } from '../listen.ts'

/** Faults between a client and a server. With all but the first four the server still stores the request. */
export const FAULTS = [
  'refused',
  '429',
  '500',
  '503',
  'cut',
  'half an answer',
  'no answer',
  'garbage',
] as const
export type Fault = (typeof FAULTS)[number]

/** A real HTTP proxy with a fault for each request: the one that `next` returns, or none. */
export function startFaultyProxy(
  target: string,
  next: () => Fault | undefined,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(async (incoming, reply) => {
    const fault = next()
    if (fault === 'refused') return incoming.destroy()
    const body = await buffer(incoming).catch(() => undefined)
    if (body === undefined) return
    if (fault === '429') return reply.writeHead(429, { 'retry-after': '0' }).end('{"title":"too many"}')
    if (fault === '500' || fault === '503') return reply.writeHead(Number(fault)).end('<h1>not now</h1>')
    const [status, answer] = await forward(target, incoming, body)
    answerWith(reply, fault, status, answer)
  })
  return listen(server)
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

function answerWith(reply: ServerResponse, fault: Fault | undefined, status: number, answer: Buffer): void {
  switch (fault) {
    case 'cut':
      reply.destroy()
      break
    case 'half an answer':
      reply.writeHead(status, { 'content-length': answer.length })
      reply.write(answer.subarray(0, answer.length / 2), () => reply.destroy())
      break
    case 'no answer':
      // The client stops waiting after its timeout.
      break
    case 'garbage':
      reply.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please log in to this network</h1>')
      break
    default:
      reply.writeHead(status).end(answer)
  }
}
