import type { TraceIds } from './trace-context.ts'

/** What is asked of `fetch`; the platform's own fits. */
export type FetchLike = (
  url: string,
  init: RequestInit,
) => Promise<Pick<Response, 'ok' | 'status' | 'text'> & { readonly headers: Pick<Headers, 'get'> }>

/** Which invocation the running code belongs to, across awaits. */
export interface InvocationContext {
  current(): string | undefined
  run<T>(invocationId: string, fn: () => T): T
}

/** What differs between Node and browsers. */
export interface Platform {
  readonly context: InvocationContext
  readonly fetch: FetchLike
  /** Ids of the active OpenTelemetry span, when the program has one. */
  traceIds(): TraceIds | undefined
  /** Calls the action, which must not wait, before the process ends of its own accord. @returns forgets it */
  onExit(action: () => void): () => void
  close(): void
}

/** A timer that does not keep Node alive; in browsers nothing does. */
export function startTimer(action: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(action, delayMs)
  if (typeof timer === 'object') timer.unref()
  return timer
}
