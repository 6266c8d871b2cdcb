import type { MetricsMessage, ServerMessage } from '@skillwatch/schema'
import { describeError } from '../shared/describe-error.ts'
import { Connection } from '../stream/connection.ts'
import { createProjectCheck } from '../stream/project-check.ts'
import type { WebSocketConstructor } from '../stream/web-socket.ts'
import { adviceFor, type Gateway } from './gateway.ts'
import type { MetricsQuery } from './queries.ts'
import { ReadError } from './read-error.ts'

export interface MetricsSource extends Gateway {
  readonly WebSocket: WebSocketConstructor | undefined
}

/**
 * The current metrics: the first `metrics` message of a subscription.
 * @throws {ReadError} when none is received before the signal aborts
 */
export async function readMetrics(
  source: MetricsSource,
  query: Omit<MetricsQuery, 'signal'>,
  signal: AbortSignal,
): Promise<MetricsMessage> {
  const { url, apiKey, project, WebSocket } = source
  const limits = { silenceMs: 60_000, queuedMessagesMax: 10 }
  using connection = new Connection({ url, project, signal, WebSocket, ...limits })
  if (apiKey !== undefined) connection.send({ type: 'auth', api_key: apiKey })
  connection.send({ type: 'subscribe_metrics', id: 'metrics', ...query })
  const checkProject = createProjectCheck(project)
  for await (const message of connection.messages()) {
    const error = checkProject(message) ?? errorOf(message)
    if (error !== undefined) throw new ReadError(`${url}: ${error}`)
    if (message.type === 'metrics') return message
  }
  const { code, reason } = connection.closed!
  const why = signal.aborted ? describeError(signal.reason) : reason || `closed with code ${code}`
  throw new ReadError(`${url}: ${why}${await adviceFor(url, signal)}`)
}

function errorOf(message: ServerMessage): string | undefined {
  return message.type === 'error' ? message.message : undefined
}
