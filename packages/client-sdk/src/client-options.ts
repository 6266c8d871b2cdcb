import type { Backoff } from './shared/retry.ts'
import type { ClientLogger } from './shared/warnings.ts'
import type { WebSocketConstructor } from './stream/web-socket.ts'
import type { TrackFields } from './tracking/fields.ts'
import type { OpenTelemetryApi } from './tracking/trace-context.ts'

export interface ClientOptions {
  /** Address of ingest, such as `http://127.0.0.1:8766`. */
  url: string
  /** Address of the gateway, for reads. Default: port 8765 where `url` has 8766, else the same as `url`. */
  readUrl?: string | undefined
  /**
   * `sw_…`; it decides the project. Not needed on the server's own machine, unless the server requires
   * keys.
   */
  apiKey?: string | undefined
  /**
   * The project that the key is meant for. The name gives no access: a server that would record the calls in
   * another project refuses them, and reads fail. Without a key, where the server needs none, it may be an
   * open project: one that never had a key. Default: the project of the key, or `default`.
   */
  project?: string | undefined
  /** The agent conversation in which the calls are made; a call may name another one in `session_id`. */
  sessionId: string
  /** The agent that makes the calls, such as `claude-code`. */
  agent?: string | undefined
  /** Fields of every call that does not give them itself, such as `user_id` or `attributes`. */
  defaults?: Omit<TrackFields, 'invocation_id' | 'invoked_at'> | undefined
  /** Receives warnings, one per period of trouble; default `console`. */
  logger?: ClientLogger | undefined
  /**
   * Pass `@opentelemetry/api`, and calls carry the ids of the active span. In Node the client finds the API
   * by itself when the program uses it.
   */
  openTelemetry?: OpenTelemetryApi | undefined
  /**
   * Observations that may wait in memory; default 10,000. More go to the spool only, or are dropped and
   * counted.
   */
  queueItemsMax?: number
  /** Characters of JSON that may wait in memory; default 16 million. */
  queueCharactersMax?: number
  /** A request is sent when this many observations wait; default 500. No request has more. */
  batchItemsMax?: number
  /** A request is sent at latest this many milliseconds after the first observation of it; default 200. */
  batchDelayMs?: number
  /** Pauses between attempts; default 500 ms doubling to 30 s, with full jitter. */
  backoff?: Backoff
  /** How long one attempt may take, in milliseconds; default 10 s. */
  timeoutMs?: number
  /** The time in epoch milliseconds; default the machine's clock. */
  now?: (() => number) | undefined
  /** For streams where there is no global one: Node 20. */
  WebSocket?: WebSocketConstructor | undefined
}
