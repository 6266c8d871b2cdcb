import type { StreamFilter, StreamPosition } from '@skillwatch/schema'
import { CLOSE_CODE_FINAL_MIN } from '@skillwatch/schema/stream-protocol'
import { type Backoff, backoffMs, pause } from './backoff.ts'
import {
  type Closed,
  type Connection,
  connect,
  globalWebSocket,
  type WebSocketConstructor,
  webSocketUrl,
} from './stream-connection.ts'
import { StreamRefusedError } from './stream-errors.ts'
import { createProjectCheck } from './stream-project.ts'
import { applyMessage, type StreamEvent } from './stream-view.ts'

export type { StreamEvent } from './stream-view.ts'

export interface StreamOptions {
  /** Address of the gateway, such as `http://127.0.0.1:8765`; `ws:` and `wss:` are as good. */
  url: string
  apiKey?: string | undefined
  /** The project that the key is meant for; the stream of another one is refused. */
  project?: string | undefined
  /** Which changes; all unless said otherwise. */
  filter?: StreamFilter | undefined
  /** `now` (default), `start` (the oldest change kept), or the position of the last change seen. */
  from?: 'now' | 'start' | StreamPosition | undefined
  /** Ends the stream: the iteration is then done, without an error. */
  signal?: AbortSignal | undefined
  /** Pauses between reconnects; 250 ms doubling to 15 s, with full jitter, unless said otherwise. */
  backoff?: Backoff
  /** Silence after which the server is asked for a sign of life, in milliseconds; after twice of it the stream reconnects. 15 s unless said otherwise. */
  silenceMs?: number
  /** Messages that may wait for the reader; 1,000 unless said otherwise. A reader further behind gets the rest from the log by a reconnect. */
  queuedMessagesMax?: number
  /** For places without a global one: Node 20. */
  WebSocket?: WebSocketConstructor | undefined
  /** Uniform in 0..1, for the jitter. */
  random?: () => number
}

const SUBSCRIPTION_ID = 'changes'

/**
 * Changes as they are committed. Reconnects by itself and resumes after the last change it has taken, so every change
 * is told once and in order, or `subscribed` says `recovered: false`.
 * @throws {StreamGapError} when the server skips an offset   @throws {StreamRefusedError} when it will not serve (wrong key, project or filter)
 */
export async function* streamChanges(options: StreamOptions): AsyncGenerator<StreamEvent, void, undefined> {
  const { backoff = { delayMs: 250, delayMsMax: 15_000 }, random = Math.random } = options
  const signal = options.signal ?? new AbortController().signal
  const url = webSocketUrl(options.url)
  let position: StreamPosition | undefined = typeof options.from === 'object' ? options.from : undefined
  let failures = 0
  while (!signal.aborted) {
    using connection = connect({
      url,
      signal,
      silenceMs: options.silenceMs ?? 15_000,
      queuedMessagesMax: options.queuedMessagesMax ?? 1_000,
      WebSocket: options.WebSocket ?? globalWebSocket(),
    })
    introduce(connection, options, position)
    const checkProject = createProjectCheck(options.project)
    for await (const message of connection.messages) {
      if (signal.aborted) return
      const wrongProject = checkProject(message)
      if (wrongProject !== undefined) throw new StreamRefusedError('wrong_project', wrongProject)
      const next = applyMessage(position, message)
      position = next.position
      if (message.type === 'changes' || message.type === 'caught_up') failures = 0
      if (next.event) yield next.event
    }
    if (signal.aborted) return
    const closed = connection.closed!
    refuseFinal(closed)
    failures += 1
    const retryInMs = backoffMs(backoff, failures, random)
    yield { type: 'disconnected', reason: describe(closed, url), retryInMs }
    await pause(retryInMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}

function introduce(
  connection: Connection,
  options: StreamOptions,
  position: StreamPosition | undefined,
): void {
  // Neither browsers nor Node's WebSocket can set headers, so the key goes into the first message.
  if (options.apiKey !== undefined) connection.send({ type: 'auth', api_key: options.apiKey })
  connection.send({
    type: 'subscribe',
    id: SUBSCRIPTION_ID,
    ...(options.filter && { filter: options.filter }),
    from: position ?? options.from ?? 'now',
  })
}

function refuseFinal({ code, reason }: Closed): void {
  if (code >= CLOSE_CODE_FINAL_MIN && code <= 4999) throw new StreamRefusedError(code, reason)
}

function describe({ code, reason }: Closed, url: string): string {
  return reason || (code === 1006 ? `no connection to ${url}` : `closed with code ${code}`)
}
