import {
  type ClientMessage,
  type Invocation,
  type ServerMessage,
  STREAM_SUBPROTOCOL,
  type StreamFilter,
  type StreamPosition,
} from '@skillwatch/schema'
import { WebSocket } from 'ws'

/** A stream client that keeps the newest version of each invocation and checks that no change is missing. */
export interface Follower extends Disposable {
  readonly filter: StreamFilter | undefined
  readonly invocations: ReadonlyMap<string, Invocation>
  /** The last offset received, over all connections. */
  readonly offset: number
  /** How often a connection ended. */
  readonly disconnects: number
  /** The first violation of the protocol by the server; the follower then ignores all further messages. */
  readonly failure: Error | undefined
  /** Whether it is subscribed now. */
  readonly isSubscribed: boolean
  /** Ends the connection without a close frame, as a broken network does. */
  cut(): void
}

const SUBSCRIPTION_ID = 'follower'

/**
 * Follows with a bare `ws` client. It shares no code with `@skillwatch/client`, so neither hides the other's
 * mistakes. When the connection ends it connects again and resumes by `{epoch, offset}`.
 */
export function follow(gatewayUrl: string, filter?: StreamFilter): Follower {
  const url = gatewayUrl.replace(/^http/, 'ws')
  const log = new FollowedLog(filter)
  let socket: WebSocket
  let ended = false

  const connect = () => {
    socket = new WebSocket(url, STREAM_SUBPROTOCOL, { perMessageDeflate: false })
    const own = socket
    own.on('open', () => own.send(JSON.stringify(log.subscription())))
    own.on('message', (data) => {
      // Messages that arrive after the cut count as lost: the server sends their changes again.
      if (own.readyState === WebSocket.OPEN) log.receive(JSON.parse(String(data)) as ServerMessage)
    })
    own.on('close', () => {
      log.onClose()
      if (!ended) setImmediate(connect)
    })
    // A close event follows every error.
    own.on('error', () => undefined)
  }
  connect()
  return Object.assign(log, {
    cut: () => socket.terminate(),
    [Symbol.dispose]: () => {
      ended = true
      socket.terminate()
    },
  })
}

class FollowedLog {
  readonly filter: StreamFilter | undefined
  readonly invocations = new Map<string, Invocation>()
  offset = 0
  disconnects = 0
  failure: Error | undefined
  isSubscribed = false
  #position: StreamPosition | undefined

  constructor(filter: StreamFilter | undefined) {
    this.filter = filter
  }

  subscription(): ClientMessage {
    const { filter } = this
    return {
      type: 'subscribe',
      id: SUBSCRIPTION_ID,
      from: this.#position ?? 'start',
      ...(filter && { filter }),
    }
  }

  onClose(): void {
    this.disconnects += 1
    this.isSubscribed = false
  }

  receive(message: ServerMessage): void {
    if (this.failure) return
    try {
      this.#apply(message)
    } catch (error) {
      this.failure = error as Error
    }
  }

  #apply(message: ServerMessage): void {
    if (message.type === 'subscribed') this.#begin(message)
    else if (message.type === 'changes') this.#advance(message)
    else if (message.type === 'error') throw new Error(`the server refused: ${message.message}`)
  }

  #begin({ epoch, offset, recovered }: Extract<ServerMessage, { type: 'subscribed' }>): void {
    if (!recovered) throw new Error('a resume within the log was not recovered')
    if (this.#position && this.#position.epoch !== epoch) throw new Error('the epoch changed')
    if (offset !== this.offset) throw new Error(`subscribed at ${offset}, expected ${this.offset}`)
    this.#position = { epoch, offset }
    this.isSubscribed = true
  }

  #advance({ from, to, items }: Extract<ServerMessage, { type: 'changes' }>): void {
    if (from !== this.offset + 1) throw new Error(`range ${from}–${to} does not follow ${this.offset}`)
    if (to < from) throw new Error(`range ${from}–${to} is reversed`)
    expectOrdered(items, from, to)
    for (const change of items) {
      if ('invocation_id' in change) this.invocations.delete(change.invocation_id)
      else if ('invocation' in change)
        this.invocations.set(change.invocation.invocation_id, change.invocation)
    }
    this.offset = to
    this.#position = { epoch: this.#position!.epoch, offset: to }
  }
}

/** Checks that offsets rise and lie inside the range of the message. */
export function expectOrdered(
  items: readonly { readonly offset: number }[],
  from: number,
  to: number,
): void {
  let previous = from - 1
  for (const { offset } of items) {
    if (offset <= previous || offset > to)
      throw new Error(`offset ${offset} after ${previous} in ${from}–${to}`)
    previous = offset
  }
}
