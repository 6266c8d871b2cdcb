import type { Observation } from '@skillwatch/schema'
import type { Backoff } from './backoff.ts'
import type { WebSocketConstructor } from './stream-connection.ts'
import type { OpenTelemetryApi } from './trace-context.ts'
import type { ClientLogger } from './warnings.ts'

/** What may be said about a call beside its name. */
export type TrackFields = Partial<Omit<Observation, 'skill_name' | 'outcome' | 'ended_at' | 'witness'>>
/** What may be said when it ends. */
export type EndFields = Partial<
  Omit<Observation, 'skill_name' | 'invocation_id' | 'session_id' | 'outcome' | 'witness' | 'invoked_at'>
>

export interface ClientOptions {
  /** Address of ingest, such as `http://127.0.0.1:8766`. */
  url: string
  /** Address of the gateway, for reads. Unless said otherwise port 8765 where `url` has 8766, else the same as `url`. */
  readUrl?: string | undefined
  /** `sw_…`; it decides the project. Not needed on the same machine, unless the server says so. */
  apiKey?: string | undefined
  /**
   * The project that the key is meant for (without a key there is `default` alone). The name opens nothing: a server that
   * would put the calls elsewhere refuses them, and reads of another project fail. Unless given, whatever the key says.
   */
  project?: string | undefined
  /** The agent conversation in which the calls are made; a call may name another one in `session_id`. */
  sessionId: string
  /** The agent that makes the calls, such as `claude-code`. */
  agent?: string | undefined
  /** Said of every call that does not say it otherwise, such as `user_id` or `attributes`. */
  defaults?: Omit<TrackFields, 'invocation_id' | 'invoked_at'> | undefined
  /** Where warnings go, one per burst of trouble; `console` unless said otherwise. */
  logger?: ClientLogger | undefined
  /** Pass `@opentelemetry/api`, and calls carry the ids of the active span. Node finds it by itself once a program uses it. */
  openTelemetry?: OpenTelemetryApi | undefined
  /** Observations that may wait; 10,000 unless said otherwise. More are left to the spool, or dropped and counted. */
  queueItemsMax?: number
  /** Characters of JSON that may wait; 16 million unless said otherwise. */
  queueCharactersMax?: number
  /** A request is made when so many observations wait; 500 unless said otherwise, and no request has more. */
  batchItemsMax?: number
  /** … or so many milliseconds after the first; 200 unless said otherwise. */
  batchDelayMs?: number
  /** Pauses between attempts; 500 ms doubling to 30 s, with full jitter, unless said otherwise. */
  backoff?: Backoff
  /** How long one attempt may take, in milliseconds; 10 s unless said otherwise. */
  timeoutMs?: number
  /** The time in epoch milliseconds; the machine's unless said otherwise. */
  now?: (() => number) | undefined
  /** For reading streams where there is no global one: Node 20. */
  WebSocket?: WebSocketConstructor | undefined
}

/** The gateway that goes with an ingest on its usual port. */
export function readUrlOf({ url, readUrl }: Pick<ClientOptions, 'url' | 'readUrl'>): string {
  if (readUrl !== undefined) return readUrl.replace(/\/+$/, '')
  const address = new URL(url)
  if (address.port === '8766') address.port = '8765'
  return address.href.replace(/\/+$/, '')
}
