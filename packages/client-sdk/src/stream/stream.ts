import type { StreamEntity, StreamFilter, StreamPosition } from '@skillwatch/schema'
import { CLOSE_CODE_FINAL_MIN } from '@skillwatch/schema/stream-protocol'
import { type Backoff, Retries, startPause } from '../shared/retry.ts'
import { type Closed, Connection } from './connection.ts'
import { createProjectCheck } from './project-check.ts'
import { StreamRefusedError } from './stream-errors.ts'
import { applyMessage, type ChangeOf, type StreamEvent } from './view.ts'
import type { WebSocketConstructor } from './web-socket.ts'

export type { ChangeOf, StreamEvent } from './view.ts'

export interface StreamOptions<Entity extends StreamEntity = 'invocation'> {
  /** Address of the gateway, such as `http://127.0.0.1:8765`; `ws:` and `wss:` are accepted too. */
  url: string
  apiKey?: string | undefined
  /**
   * The project to read: that of the key, or without a key an open one. The stream of another project is
   * refused.
   */
  project?: string | undefined
  /** Which changes; all by default. */
  filter?: StreamFilter | undefined
  /**
   * Changes of what: of invocations by default. Uses and turns are derived from them; findings are what
   * analysis concluded.
   */
  entities?: readonly Entity[] | undefined
  /**
   * `now` (default), `start` (the oldest change that the server keeps), or the position of the last change
   * received.
   */
  from?: 'now' | 'start' | StreamPosition | undefined
  /** Ends the stream: the iteration is then done, without an error. */
  signal?: AbortSignal | undefined
  /** Pauses between reconnects; default 250 ms doubling to 15 s, with full jitter. */
  backoff?: Backoff
  /**
   * After this silence, in milliseconds, the client sends a ping; after twice of it the stream reconnects.
   * Default 15 s.
   */
  silenceMs?: number
  /**
   * Messages that may wait for the reader; default 1,000. When a slow reader exceeds it, the stream
   * reconnects and receives the rest from the server's log.
   */
  queuedMessagesMax?: number
  /** Needed where there is no global one: Node 20. */
  WebSocket?: WebSocketConstructor | undefined
  /** Uniform in 0..1, for the jitter. */
  random?: () => number
}

const SUBSCRIPTION_ID = 'changes'

/**
 * Yields changes as they are committed. Reconnects by itself and resumes after the last change that it
 * yielded, so every change is yielded once and in order, or `subscribed` has `recovered: false`.
 * @throws {StreamGapError} when the server skips an offset
 * @throws {StreamRefusedError} when the server refuses the stream (wrong key, project or filter)
 */
export async function* streamChanges<Entity extends StreamEntity = 'invocation'>(
  options: StreamOptions<Entity>,
): AsyncGenerator<StreamEvent<ChangeOf<Entity>>, void, undefined> {
  const { backoff = { delayMs: 250, delayMsMax: 15_000 }, random = Math.random } = options
  const signal = options.signal ?? new AbortController().signal
  const retries = new Retries(backoff, random)
  const subscription = { position: typeof options.from === 'object' ? options.from : undefined, retries }
  while (!signal.aborted) {
    using connection = connect(options, signal)
    for await (const event of eventsOf(connection, options, subscription)) {
      if (signal.aborted) return
      yield event as StreamEvent<ChangeOf<Entity>>
    }
    if (signal.aborted) return
    const retryInMs = retries.addFailure()
    yield { type: 'disconnected', reason: closeReason(connection.closed!, options.url), retryInMs }
    await startPause(retryInMs, signal).ended.catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}

interface Subscription {
  /** Of the last change received; undefined before the first `subscribed` if no position was requested. */
  position: StreamPosition | undefined
  readonly retries: Retries
}

function connect(options: StreamOptions<StreamEntity>, signal: AbortSignal): Connection {
  const { url, project, WebSocket, silenceMs = 15_000, queuedMessagesMax = 1_000 } = options
  return new Connection({ url, project, signal, silenceMs, queuedMessagesMax, WebSocket })
}

/**
 * Events of one connection, until it is closed.
 * @throws {StreamRefusedError} when a reconnect would not help
 */
async function* eventsOf(
  connection: Connection,
  options: StreamOptions<StreamEntity>,
  subscription: Subscription,
): AsyncGenerator<StreamEvent<ChangeOf<StreamEntity>>, void, undefined> {
  subscribe(connection, options, subscription.position)
  const checkProject = createProjectCheck(options.project)
  for await (const message of connection.messages()) {
    const wrongProject = checkProject(message)
    if (wrongProject !== undefined) throw new StreamRefusedError('wrong_project', wrongProject)
    const { position, event } = applyMessage(subscription.position, message)
    subscription.position = position
    if (message.type === 'changes' || message.type === 'caught_up') subscription.retries.reset()
    if (event) yield event
  }
  const { code, reason } = connection.closed!
  if (code >= CLOSE_CODE_FINAL_MIN && code <= 4999) throw new StreamRefusedError(code, reason)
}

function subscribe(
  connection: Connection,
  options: StreamOptions<StreamEntity>,
  position: StreamPosition | undefined,
) {
  // Neither browsers nor Node's WebSocket can set headers, so the key is sent in the first message.
  if (options.apiKey !== undefined) connection.send({ type: 'auth', api_key: options.apiKey })
  connection.send({
    type: 'subscribe',
    id: SUBSCRIPTION_ID,
    ...(options.filter && { filter: options.filter }),
    ...(options.entities && { entities: [...options.entities] }),
    from: position ?? options.from ?? 'now',
  })
}

function closeReason({ code, reason }: Closed, url: string): string {
  return reason || (code === 1006 ? `no connection to ${url}` : `closed with code ${code}`)
}
