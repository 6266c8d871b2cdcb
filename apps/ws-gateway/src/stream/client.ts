import { CLOSE_CODES, type ServerMessage } from '@skillwatch/schema'
import type { WebSocket } from 'ws'
import type { GatewayMetrics } from '../metrics.ts'
import { type DeliveryLimits, type Drain, decideDelivery, isStalled, observeDrain } from './delivery.ts'
import type { Receiver } from './subscription.ts'

/** A close frame that cannot be flushed, or is not answered, within this time is followed by the end of the connection. */
const CLOSE_TIMEOUT_MS = 3_000

export interface CloseReason {
  readonly code: number
  readonly reason: string
}

export interface ClientOptions {
  readonly metrics: GatewayMetrics
  readonly limits: DeliveryLimits
  readonly slowClientMs: number
  /** Monotonic milliseconds. */
  readonly clock: () => number
}

/** The sending side of one connection: what waits for it is bounded, and nobody else waits for it. */
export class StreamClient implements Receiver {
  readonly #socket: WebSocket
  readonly #options: ClientOptions
  readonly #onEnd: () => void
  #drain: Drain | undefined
  #closeReason: CloseReason | undefined

  /** @param onEnd called when nothing is to be sent any more, perhaps twice */
  constructor(socket: WebSocket, options: ClientOptions, onEnd: () => void) {
    this.#socket = socket
    this.#options = options
    this.#onEnd = onEnd
    socket.once('close', () => this.#end())
  }

  get isPaused(): boolean {
    return this.#drain !== undefined
  }

  /** Why the server closed it, as soon as it did; whatever arrives afterwards is not looked at. */
  get closeReason(): CloseReason | undefined {
    return this.#closeReason
  }

  isReady(): boolean {
    if (this.#closeReason !== undefined) return false
    const { bufferedAmount } = this.#socket
    const delivery = decideDelivery(bufferedAmount, this.isPaused, this.#options.limits)
    if (delivery === 'send') this.#resume()
    if (delivery === 'pause') this.#pause(bufferedAmount)
    if (delivery === 'disconnect') this.close(CLOSE_CODES.slow)
    return delivery === 'send'
  }

  send(message: Buffer): void {
    if (this.#closeReason !== undefined) return
    this.#socket.send(message, { binary: false })
    this.#options.metrics.messagesSent.inc({ protocol: 'skillwatch' })
    this.#options.metrics.bytesSent.inc({ protocol: 'skillwatch' }, message.length)
  }

  /** Answers a client. One that asks without reading the answers is closed. */
  reply(message: ServerMessage): void {
    this.send(Buffer.from(JSON.stringify(message)))
    if (this.#socket.bufferedAmount >= this.#options.limits.disconnectAtBytes) this.close(CLOSE_CODES.slow)
  }

  /** Looks whether a paused client reads at all. */
  checkDrain(): void {
    if (!this.isPaused || this.isReady() || this.#drain === undefined) return
    if (isStalled(this.#drain, this.#options.clock(), this.#options.slowClientMs))
      this.close(CLOSE_CODES.slow)
  }

  /** A ping has gone unanswered. A paused client may not have got to it yet. */
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
