import type { Kind, MetricsMessage, ServerMessage } from '@skillwatch/schema'
import { Connection } from './connection.ts'
import { createProjectCheck } from './project-check.ts'
import { ReadError } from './read-error.ts'
import type { WebSocketConstructor } from './web-socket.ts'

export interface MetricsQuery {
  /** All kinds by default. */
  kind?: Kind
  /** Skills in the answer, the most used first; default 10, at most 100. */
  limit?: number
}

export interface ReadMetricsOptions {
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
  readonly WebSocket: WebSocketConstructor | undefined
  readonly signal: AbortSignal
}

/**
 * The current metrics: the first `metrics` message of a subscription.
 * @throws {ReadError} when none is received before the signal aborts
 */
export async function readMetrics(
  options: ReadMetricsOptions,
  query: MetricsQuery,
): Promise<MetricsMessage> {
  const { url, apiKey } = options
  using connection = new Connection({ ...options, silenceMs: 60_000, queuedMessagesMax: 10 })
  if (apiKey !== undefined) connection.send({ type: 'auth', api_key: apiKey })
  connection.send({ type: 'subscribe_metrics', id: 'metrics', ...query })
  const checkProject = createProjectCheck(options.project)
  for await (const message of connection.messages()) {
    const error = checkProject(message) ?? errorOf(message)
    if (error !== undefined) throw new ReadError(`${url}: ${error}`)
    if (message.type === 'metrics') return message
  }
  const { code, reason } = connection.closed!
  throw new ReadError(`${url}: ${reason || `closed with code ${code}`}; is the gateway running there?`)
}

function errorOf(message: ServerMessage): string | undefined {
  return message.type === 'error' ? message.message : undefined
}
