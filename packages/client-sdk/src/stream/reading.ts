import type { MetricsMessage } from '@skillwatch/schema'
import { type MetricsQuery, readMetrics } from './read-metrics.ts'
import { readSkills, type SkillPage, type SkillQuery } from './read-skills.ts'
import { type StreamEvent, type StreamOptions, streamChanges } from './stream.ts'
import type { WebSocketConstructor } from './web-socket.ts'

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

export interface ReadingOptions {
  /** Address of the gateway. */
  readonly url: string
  readonly apiKey: string | undefined
  readonly project: string | undefined
  readonly WebSocket: WebSocketConstructor | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What a client reads from the gateway. */
export function createReadings(options: ReadingOptions): Readings {
  const { url, apiKey, project, WebSocket, timeoutMs, signal } = options
  const target = { url, apiKey, project, WebSocket }
  const withTimeout = () => ({
    ...target,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  return {
    stream: (streamOptions = {}) => {
      const signals = [signal, streamOptions.signal].filter((each) => each !== undefined)
      return streamChanges({ ...streamOptions, ...target, signal: AbortSignal.any(signals) })
    },
    metrics: async (query = {}) => readMetrics(withTimeout(), query),
    skills: async (query = {}) => readSkills(withTimeout(), query),
  }
}
