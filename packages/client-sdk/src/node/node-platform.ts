import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import type { Platform } from '../platform.ts'
import { activeTraceIds, type OpenTelemetryApi, type TraceIds } from '../tracking/trace-context.ts'
import { createUnrefFetch } from './unref-fetch.ts'

export function nodePlatform(): Platform {
  const storage = new AsyncLocalStorage<string>()
  const { fetch, close } = createUnrefFetch()
  return {
    context: { current: () => storage.getStore(), run: (invocationId, fn) => storage.run(invocationId, fn) },
    fetch,
    traceIds: findTraceIds(),
    onExit,
    close,
  }
}

const exitActions = new Set<() => void>()

/** One listener for all clients: Node warns of a leak when there are more than ten. */
function onExit(action: () => void): () => void {
  if (exitActions.size === 0) process.on('exit', runExitActions)
  exitActions.add(action)
  return () => {
    exitActions.delete(action)
    if (exitActions.size === 0) process.off('exit', runExitActions)
  }
}

function runExitActions(): void {
  for (const action of exitActions) action()
}

const OPEN_TELEMETRY = '@opentelemetry/api'
/**
 * Set when a program registers an OpenTelemetry SDK (`registerGlobal` in the API's
 * `internal/global-utils`).
 */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

/**
 * Looks for OpenTelemetry at each call, as a program may start to use it after the client was created.
 * Costs nothing in programs that do not use it.
 */
function findTraceIds(): () => TraceIds | undefined {
  let api: OpenTelemetryApi | undefined
  let isMissing = false
  return () => {
    if (isMissing || !(REGISTERED in globalThis)) return undefined
    try {
      api ??= createRequire(import.meta.url)(OPEN_TELEMETRY) as OpenTelemetryApi
    } catch {
      // The program uses a copy that cannot be imported from here: the caller can pass it as
      // `openTelemetry`.
      isMissing = true
      return undefined
    }
    return activeTraceIds(api)
  }
}
