import { CLOSE_CODES, type ServerMessage } from '@skillwatch/schema'
import type { WebSocket } from 'ws'
import type { GatewayMetrics } from '../metrics.ts'
import {
  type BufferLimits,
  type Drain,
  hasRoom,
  isOverflowing,
  isStalled,
  observeDrain,
} from './flow-control.ts'
import type { CloseReason, Receiver } from './receiver.ts'

/** The connection is cut when the closing handshake takes longer than this. */
const CLOSE_TIMEOUT_MS = 3_000

export interface ClientOptions {
  readonly metrics: GatewayMetrics
  readonly limits: BufferLimits
  readonly slowClientMs: number
  /** Monotonic milliseconds. */
  readonly clock: () => number
}

/** The sending side of one connection. Its unread bytes are bounded, and no other client waits for it. */
export class StreamClient implements Receiver {
  readonly #socket: WebSocket
  readonly #options: ClientOptions
  readonly #onEnd: () => void
  #largestMessageBytes = 0
  /** Set while the client is paused. */
  #drain: Drain | undefined
  #closeReason: CloseReason | undefined

  /** @param onEnd called when nothing will be sent any more, perhaps twice */
  constructor(socket: WebSocket, options: ClientOptions, onEnd: () => void) {
    this.#socket = socket
    this.#options = options
    this.#onEnd = onEnd
    socket.once('close', () => this.#end())
  }

  get isPaused(): boolean {
    return this.#drain !== undefined
  }

  /** Why the server closed the connection; once set, messages of the client are ignored. */
  get closeReason(): CloseReason | undefined {
    return this.#closeReason
  }

  isReady(): boolean {
    if (this.#closeReason !== undefined) return false
    const { bufferedAmount } = this.#socket
    const isReady = hasRoom(bufferedAmount, this.isPaused, this.#options.limits)
    if (isReady) this.#resume()
    else this.#pause(bufferedAmount)
    return isReady
  }

  send(message: Buffer): void {
    if (this.#closeReason !== undefined) return
    this.#socket.send(message, { binary: false })
    this.#largestMessageBytes = Math.max(this.#largestMessageBytes, message.length)
    this.#options.metrics.messagesSent.inc({ protocol: 'skillwatch' })
    this.#options.metrics.bytesSent.inc({ protocol: 'skillwatch' }, message.length)
  }

  /** Answers a request. A client that does not read the replies is closed. */
  reply(message: ServerMessage): void {
    this.send(Buffer.from(JSON.stringify(message)))
    if (isOverflowing(this.#socket.bufferedAmount, this.#largestMessageBytes, this.#options.limits))
      this.close(CLOSE_CODES.slow)
  }

  /** Closes a paused client that has read nothing for too long. */
  checkDrain(): void {
    if (!this.isPaused || this.isReady() || this.#drain === undefined) return
    if (isStalled(this.#drain, this.#options.clock(), this.#options.slowClientMs))
      this.close(CLOSE_CODES.slow)
  }

  /** A ping was not answered. A paused client may not have read it yet. */
  onSilence(): void {
    if (!this.isPaused) this.close(CLOSE_CODES.noPong)
  }

  close(reason: CloseReason): void {
    if (this.#closeReason !== undefined) return
    this.#closeReason = reason
    this.#socket.close(reason.code, reason.reason)
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS)
    this.#socket.once('close', () => clearTimeout(timer))
    this.#end()
  }

  #end(): void {
    this.#resume()
    this.#onEnd()
  }

  #pause(bufferedBytes: number): void {
    if (!this.isPaused) {
      this.#options.metrics.pauses.inc()
      this.#options.metrics.pausedClients.inc()
    }
    this.#drain = observeDrain(this.#drain, bufferedBytes, this.#options.clock())
  }

  #resume(): void {
    if (this.isPaused) this.#options.metrics.pausedClients.dec()
    this.#drain = undefined
  }
}
