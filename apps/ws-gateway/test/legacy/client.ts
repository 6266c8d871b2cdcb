import { once } from 'node:events'
import { WebSocket } from 'ws'

interface LegacyMessage {
  type: string
  skill?: string | null
  data: { top_skills: Record<string, number & string>[]; anomalies: unknown[] } & Record<string, unknown>
  [field: string]: unknown
}

/**
 * A client as session-buddy's examples are: it offers no subprotocol, reads messages one by one, and uses the
 * message after a request as its reply.
 */
export interface LegacyClient extends Disposable {
  readonly socket: WebSocket
  send(message: unknown): void
  /** The next message, whatever it is. */
  recv(): Promise<LegacyMessage>
  /** The next message of a type; others are ignored. */
  recvType(type: string): Promise<LegacyMessage>
  /** Waits for the end of the connection. */
  closed: Promise<{ code: number; reason: string }>
}

export function connectLegacy(url: string, path = ''): LegacyClient {
  const socket = new WebSocket(`${url}${path}`)
  const queue: LegacyMessage[] = []
  const waiting: ((message: LegacyMessage) => void)[] = []
  socket.on('message', (data, isBinary) => {
    if (isBinary) throw new Error('session-buddy sends text')
    const message = JSON.parse(String(data)) as LegacyMessage
    const next = waiting.shift()
    if (next) next(message)
    else queue.push(message)
  })
  const closed = once(socket, 'close').then(([code, reason]) => ({
    code: code as number,
    reason: String(reason),
  }))
  const recv = () => {
    const message = queue.shift()
    return message
      ? Promise.resolve(message)
      : new Promise<LegacyMessage>((resolve) => waiting.push(resolve))
  }
  return {
    socket,
    closed,
    recv,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async recvType(type) {
      for (;;) {
        const message = await recv()
        if (message.type === type) return message
      }
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}

/** Connects and reads the welcome. */
export async function openLegacy(url: string, path = ''): Promise<LegacyClient> {
  const client = connectLegacy(url, path)
  await client.recvType('connected')
  return client
}
