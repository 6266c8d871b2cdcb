import { type ChangesMessage, type ServerMessage, STREAM_SUBPROTOCOL } from '@skillwatch/schema'
import { until } from '@skillwatch/testkit'

/** A client of the stream that keeps every message, from the start of the log. */
export interface Follower extends Disposable {
  /** What was said so far, word for word. */
  text(): string
  changes(): ChangesMessage['items']
  /** Resolves when this offset was received. */
  reached(offset: number): Promise<unknown>
}

const ENTITIES = ['invocation', 'use', 'turn', 'finding']

export function follow(port: number): Follower {
  const messages: string[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, STREAM_SUBPROTOCOL)
  socket.addEventListener('open', () =>
    socket.send(JSON.stringify({ type: 'subscribe', id: 'all', from: 'start', entities: ENTITIES })),
  )
  socket.addEventListener('message', ({ data }) => messages.push(String(data)))
  const parsed = () => messages.map((message) => JSON.parse(message) as ServerMessage)
  const changes = () => parsed().flatMap((message) => (message.type === 'changes' ? message.items : []))
  return {
    text: () => messages.join('\n'),
    changes,
    reached: (offset) => until(() => changes().some((change) => change.offset >= offset)),
    [Symbol.dispose]: () => socket.close(),
  }
}

/** A client as session-buddy has them, which is sent the totals of its skills each second. */
export function followLegacy(port: number): Pick<Follower, 'text'> & Disposable {
  const messages: string[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  socket.addEventListener('message', ({ data }) => messages.push(String(data)))
  return { text: () => messages.join('\n'), [Symbol.dispose]: () => socket.close() }
}
