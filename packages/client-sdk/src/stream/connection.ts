import type { ServerMessage } from '@skillwatch/schema'
import { STREAM_SUBPROTOCOL } from '@skillwatch/schema/stream-protocol'
import { dispose } from '../shared/dispose.ts'
import {
  globalWebSocket,
  type WebSocketConstructor,
  type WebSocketLike,
  webSocketUrl,
} from './web-socket.ts'

export interface ConnectionOptions {
  /** Address of the gateway; `http:` and `https:` are replaced by `ws:` and `wss:`. */
  readonly url: string
  /** The project to read; a key decides it where one is sent. */
  readonly project: string | undefined
  readonly signal: AbortSignal
  /** After this silence, in milliseconds, a ping is sent; after twice of it the connection is closed. */
  readonly silenceMs: number
  /**
   * Messages that may wait for the reader. With more the connection is closed; the reader reconnects after
   * reading them.
   */
  readonly queuedMessagesMax: number
  /** The global one by default. */
  readonly WebSocket: WebSocketConstructor | undefined
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** One WebSocket as a bounded queue of messages. Messages sent before it is open are kept until then. */
export class Connection implements Disposable {
  readonly #options: ConnectionOptions
  readonly #socket: WebSocketLike
  readonly #received: ServerMessage[] = []
  readonly #unsent: string[] = []
  readonly #silenceTimer: ReturnType<typeof setInterval>
  readonly #onAbort = () => this.#close(1000, 'aborted')
  #closed: Closed | undefined
  #wakeReader: (() => void) | undefined
  #receivedAtMs = performance.now()

  /** @throws {TypeError} when there is no WebSocket to use */
  constructor(options: ConnectionOptions) {
    const { signal, url, project, WebSocket = globalWebSocket() } = options
    this.#options = options
    this.#socket = new WebSocket(webSocketUrl(url, project), STREAM_SUBPROTOCOL)
    this.#silenceTimer = setInterval(() => this.#checkSilence(), options.silenceMs / 2)
    this.#listen()
    signal.addEventListener('abort', this.#onAbort, { once: true })
    if (signal.aborted) this.#onAbort()
  }

  /** Why it was closed; set when `messages` has ended. */
  get closed(): Closed | undefined {
    return this.#closed
  }

  send(message: object): void {
    this.#sendText(JSON.stringify(message))
  }

  /**
   * Messages in order; ends when the connection is closed and all messages received before have been read.
   */
  async *messages(): AsyncGenerator<ServerMessage, void, undefined> {
    for (;;) {
      for (let next = this.#received.shift(); next !== undefined; next = this.#received.shift()) yield next
      if (this.#closed) return
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve
      })
    }
  }

  [dispose](): void {
    this.#close(1000, 'done')
  }

  #listen(): void {
    const socket = this.#socket
    socket.onopen = () => {
      for (const text of this.#unsent.splice(0)) socket.send(text)
    }
    socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data)
    socket.onclose = ({ code, reason }: Closed) => this.#close(code, reason)
    // A close event follows and is handled; an error event without a listener would be thrown.
    socket.onerror = () => undefined
  }

  #receive(data: unknown): void {
    this.#receivedAtMs = performance.now()
    const message = parseMessage(data)
    if (message === undefined) {
      this.#close(1003, 'the server sent a message that is not JSON')
      return
    }
    this.#received.push(message)
    if (this.#received.length >= this.#options.queuedMessagesMax) this.#close(1000, 'the reader is behind')
    this.#wakeReader?.()
  }

  #sendText(text: string): void {
    const socket = this.#socket
    if (socket.readyState === socket.CONNECTING) this.#unsent.push(text)
    else socket.send(text)
  }

  #checkSilence(): void {
    const { silenceMs } = this.#options
    const silentMs = performance.now() - this.#receivedAtMs
    if (silentMs >= 2 * silenceMs) this.#close(1006, `silent for ${Math.round(silentMs)} ms`)
    else if (silentMs >= silenceMs && this.#socket.readyState === this.#socket.OPEN)
      this.send({ type: 'ping' })
  }

  #close(code: number, reason: string): void {
    if (this.#closed) return
    this.#closed = { code, reason }
    clearInterval(this.#silenceTimer)
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    // The closing handshake may never be answered; messages that are received meanwhile are ignored.
    this.#socket.onmessage = null
    this.#socket.close()
    this.#wakeReader?.()
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
