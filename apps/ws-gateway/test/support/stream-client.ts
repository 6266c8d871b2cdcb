import {
  type ChangesMessage,
  type ClientMessage,
  type ServerMessage,
  STREAM_SUBPROTOCOL,
} from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'
import { WebSocket } from 'ws'

export interface StreamClient extends Disposable {
  readonly socket: WebSocket
  readonly messages: ServerMessage[]
  /** Set when the connection has ended. */
  closed: { code: number; reason: string } | undefined
  send(message: ClientMessage): void
  /** Waits for the first message of a type, of one subscription when an id is given. */
  first<T extends ServerMessage['type']>(type: T, id?: string): Promise<Extract<ServerMessage, { type: T }>>
  all<T extends ServerMessage['type']>(type: T, id?: string): Extract<ServerMessage, { type: T }>[]
  close(): void
}

export interface ConnectOptions {
  readonly headers?: Record<string, string>
  readonly protocols?: string[]
}

/** A client of the native subprotocol that keeps every message. */
export function connectStream(
  url: string,
  { headers, protocols = [STREAM_SUBPROTOCOL] }: ConnectOptions = {},
): StreamClient {
  const socket = new WebSocket(url, protocols, { headers, perMessageDeflate: false })
  const messages: ServerMessage[] = []
  const all: StreamClient['all'] = (type, id) =>
    messages.filter(
      (each): each is never => each.type === type && (id === undefined || ('id' in each && each.id === id)),
    )
  const client: StreamClient = {
    socket,
    messages,
    closed: undefined,
    all,
    send: (message) => socket.send(JSON.stringify(message)),
    first: (type, id) =>
      until(() => all(type, id)[0], { what: `a message ${type}`, timeoutMs: 30_000 }) as never,
    close: () => socket.terminate(),
    [Symbol.dispose]: () => socket.terminate(),
  }
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  socket.on('close', (code, reason) => {
    client.closed = { code, reason: String(reason) }
  })
  // A refused or cut connection shows in `closed`.
  socket.on('error', () => undefined)
  return client
}

/** A client that has received `hello`. */
export async function openStream(url: string, options?: ConnectOptions): Promise<StreamClient> {
  const client = connectStream(url, options)
  await client.first('hello')
  return client
}

/** Waits until the connection has ended. */
export async function closedWith(client: StreamClient): Promise<{ code: number; reason: string }> {
  return await until(() => client.closed, { what: 'the connection has ended', timeoutMs: 30_000 })
}

/**
 * The offsets of the items.
 * @throws when the ranges leave a gap, do not begin after `offset` or do not contain their items
 */
export function provenOffsets(messages: readonly ChangesMessage[], offset: number): number[] {
  let last = offset
  for (const { from, to, items } of messages) {
    if (from !== last + 1 || to < from) throw new Error(`range ${from}-${to} does not follow ${last}`)
    const outside = items.find((item) => item.offset < from || item.offset > to)
    if (outside) throw new Error(`offset ${outside.offset} is outside of ${from}-${to}`)
    last = to
  }
  return messages.flatMap(({ items }) => items.map((item) => item.offset))
}

/** The end of the last range received. */
export function receivedTo(messages: readonly ChangesMessage[]): number {
  return messages.at(-1)?.to ?? 0
}
