import type { FetchLike } from './shared/fetch-like.ts'
import type { InvocationContext } from './tracking/invocation-context.ts'
import type { TraceIds } from './tracking/trace-context.ts'

/** What differs between Node and browsers. */
export interface Platform {
  readonly context: InvocationContext
  readonly fetch: FetchLike
  /** Ids of the active OpenTelemetry span, when the program has one. */
  traceIds(): TraceIds | undefined
  /**
   * Runs the action, which must be synchronous, when the process exits by itself.
   * @returns removes the action again
   */
  onExit(action: () => void): () => void
  close(): void
}
