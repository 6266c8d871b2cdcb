import type { ServerMessage } from '@skillwatch/schema'
import { STREAM_SUBPROTOCOL } from '@skillwatch/schema/stream-protocol'
import { dispose } from './dispose.ts'

/** What is asked of a WebSocket; the platform's own fits, and so does that of `ws`. */
export type WebSocketConstructor = new (
  url: string,
  subprotocol: string,
) => {
  readonly readyState: number
  readonly CONNECTING: number
  readonly OPEN: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(text: string): void
  close(): void
}

/** @throws {TypeError} where there is none */
export function globalWebSocket(): WebSocketConstructor {
  if (globalThis.WebSocket !== undefined) return globalThis.WebSocket
  throw new TypeError(
    'there is no global WebSocket here: pass one in the option WebSocket, such as that of ws',
  )
}

export function webSocketUrl(url: string): string {
  const address = new URL(url)
  address.protocol = address.protocol.replace(/^http/, 'ws')
  return address.href
}

export interface ConnectionOptions {
  readonly url: string
  readonly signal: AbortSignal
  /** Silence after which the server is asked for a sign of life, and after twice of which it counts as gone. */
  readonly silenceMs: number
  /** Messages that may wait for the reader; above it the connection is closed, and the reader comes back when it has read them. */
  readonly queuedMessagesMax: number
  readonly WebSocket: WebSocketConstructor
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

export interface Connection extends Disposable {
  send(message: object): void
  /** Messages in order; ends when the connection does and all that came before has been read. */
  readonly messages: AsyncIterable<ServerMessage>
  /** Why it ended; set once `messages` has ended. */
  readonly closed: Closed | undefined
}

/** One WebSocket as a bounded queue of messages. Sending before it is open waits for that. */
export function connect(options: ConnectionOptions): Connection {
  const { signal, silenceMs, queuedMessagesMax } = options
  const socket = new options.WebSocket(options.url, STREAM_SUBPROTOCOL)
  const queue: ServerMessage[] = []
  const unsent: string[] = []
  let closed: Closed | undefined
  let wake: (() => void) | undefined
  let heardAtMs = performance.now()

  const end = (code: number, reason: string) => {
    if (closed) return
    closed = { code, reason }
    clearInterval(watch)
    signal.removeEventListener('abort', onAbort)
    // A peer that is gone never answers the closing handshake; what it still sends is not read.
    socket.onmessage = null
    socket.close()
    wake?.()
  }
  const onAbort = () => end(1000, 'aborted')
  const send = (text: string) => {
    if (socket.readyState === socket.CONNECTING) unsent.push(text)
    else socket.send(text)
  }
  const watch = setInterval(() => {
    const silentMs = performance.now() - heardAtMs
    if (silentMs >= 2 * silenceMs) end(1006, `silent for ${Math.round(silentMs)} ms`)
    else if (silentMs >= silenceMs && socket.readyState === socket.OPEN) send('{"type":"ping"}')
  }, silenceMs / 2)

  socket.onopen = () => {
    for (const text of unsent.splice(0)) socket.send(text)
  }
  socket.onmessage = ({ data }: { data: unknown }) => {
    heardAtMs = performance.now()
    const message = parseMessage(data)
    if (message === undefined) return end(1003, 'the server sent something that is not JSON')
    queue.push(message)
    if (queue.length >= queuedMessagesMax) end(1000, 'the reader is behind')
    wake?.()
  }
  socket.onclose = ({ code, reason }: Closed) => end(code, reason)
  // The close event follows and is what counts; without a listener the error would be thrown.
  socket.onerror = () => undefined
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()

  async function* messages(): AsyncGenerator<ServerMessage> {
    for (;;) {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield next
      if (closed) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    send: (message) => send(JSON.stringify(message)),
    messages: messages(),
    get closed() {
      return closed
    },
    [dispose]: () => end(1000, 'done'),
  }
}

function parseMessage(data: unknown): ServerMessage | undefined {
  try {
    const value: unknown = JSON.parse(String(data))
    return typeof value === 'object' && value !== null ? (value as ServerMessage) : undefined
  } catch {
    return undefined
  }
}
