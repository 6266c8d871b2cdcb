import type { Kind, MetricsMessage, ProblemDetails, SkillOrder, SkillSummary } from '@skillwatch/schema'
import { type ClientOptions, readUrlOf } from './client-options.ts'
import { credentials } from './credentials.ts'
import { ReadError } from './read-error.ts'
import { snapshotMetrics } from './snapshot.ts'
import { type StreamEvent, type StreamOptions, streamChanges } from './stream.ts'

export interface SkillQuery {
  kind?: Kind
  /** Always descending; `invocation_count` unless said otherwise. */
  order_by?: SkillOrder
  /** Skills on a page; 100 unless said otherwise, 1,000 at most. */
  limit?: number
  /** `next_cursor` of the page before. */
  cursor?: string
}

export interface SkillPage {
  items: SkillSummary[]
  /** For the next page; null at the end. */
  next_cursor: string | null
}

export interface MetricsQuery {
  /** All kinds unless said otherwise. */
  kind?: Kind
  /** How many skills are named, the most used first; 10 unless said otherwise, 100 at most. */
  limit?: number
}

export interface Readings {
  /** @throws {StreamGapError | StreamRefusedError} as {@link streamChanges} */
  stream(
    options?: Omit<StreamOptions, 'url' | 'apiKey' | 'project' | 'WebSocket'>,
  ): AsyncGenerator<StreamEvent, void, undefined>
  /** @throws {ReadError} when the gateway does not answer or refuses */
  metrics(query?: MetricsQuery): Promise<MetricsMessage>
  /** @throws {ReadError} when the gateway does not answer or refuses */
  skills(query?: SkillQuery): Promise<SkillPage>
}

export function createReadings(options: ClientOptions, signal: AbortSignal): Readings {
  const url = readUrlOf(options)
  const { apiKey, project, WebSocket, timeoutMs = 10_000 } = options
  const within = () => AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  return {
    stream: (streamOptions = {}) => {
      const signals = [signal, streamOptions.signal].filter((each) => each !== undefined)
      return streamChanges({
        ...streamOptions,
        url,
        apiKey,
        project,
        WebSocket,
        signal: AbortSignal.any(signals),
      })
    },
    metrics: (query = {}) => snapshotMetrics({ url, apiKey, project, WebSocket, signal: within() }, query),
    async skills(query = {}) {
      const headers = credentials(options)
      const address = `${url}/v1/skills${toQuery(query)}`
      try {
        // The platform's own, which keeps Node alive: somebody waits for the answer.
        const response = await globalThis.fetch(address, { method: 'GET', headers, signal: within() })
        const text = await response.text()
        if (response.ok) return JSON.parse(text) as SkillPage
        throw new ReadError(`${address} answered ${response.status}: ${problemOf(text)}`, response.status)
      } catch (error) {
        if (error instanceof ReadError) throw error
        throw new ReadError(
          `${address}: ${(error as Error).message}; is the gateway running there?`,
          undefined,
          error,
        )
      }
    },
  }
}

function toQuery(query: object): string {
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) parameters.set(key, String(value))
  return parameters.size === 0 ? '' : `?${parameters}`
}

function problemOf(text: string): string {
  try {
    const problem = JSON.parse(text) as Partial<ProblemDetails> | null
    return problem?.detail ?? problem?.title ?? text.slice(0, 200)
  } catch {
    return text.slice(0, 200)
  }
}
