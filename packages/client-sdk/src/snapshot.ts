import type { MetricsMessage } from '@skillwatch/schema'
import { ReadError } from './read-error.ts'
import type { MetricsQuery } from './reading.ts'
import { connect, globalWebSocket, type WebSocketConstructor, webSocketUrl } from './stream-connection.ts'
import { createProjectCheck } from './stream-project.ts'

export interface SnapshotOptions {
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
  readonly WebSocket: WebSocketConstructor | undefined
  readonly signal: AbortSignal
}

/**
 * One snapshot of the metrics, as the stream sends them.
 * @throws {ReadError} when there is none before the signal aborts
 */
export async function snapshotMetrics(
  options: SnapshotOptions,
  query: MetricsQuery,
): Promise<MetricsMessage> {
  const { url, apiKey, WebSocket = globalWebSocket(), signal } = options
  using connection = connect({
    url: webSocketUrl(url),
    signal,
    silenceMs: 60_000,
    queuedMessagesMax: 10,
    WebSocket,
  })
  if (apiKey !== undefined) connection.send({ type: 'auth', api_key: apiKey })
  connection.send({ type: 'subscribe_metrics', id: 'metrics', ...query })
  const checkProject = createProjectCheck(options.project)
  for await (const message of connection.messages) {
    const wrongProject = checkProject(message)
    if (wrongProject !== undefined) throw new ReadError(`${url}: ${wrongProject}`)
    if (message.type === 'metrics') return message
    if (message.type === 'error') throw new ReadError(`${url}: ${message.message}`)
  }
  const { code, reason } = connection.closed!
  throw new ReadError(`${url}: ${reason || `closed with code ${code}`}; is the gateway running there?`)
}
