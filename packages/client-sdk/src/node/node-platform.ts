import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import type { Platform } from '../platform.ts'
import { activeTraceIds, type OpenTelemetryApi, type TraceIds } from '../trace-context.ts'
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
/** Set once a program registers an OpenTelemetry SDK (`makeGlobal` in the API's `internal/global-utils`). */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

/** Looks for OpenTelemetry until a program uses it, which may be after the client was made; costs nothing when none does. */
function findTraceIds(): () => TraceIds | undefined {
  let api: OpenTelemetryApi | undefined
  let isMissing = false
  return () => {
    if (isMissing || !(REGISTERED in globalThis)) return undefined
    try {
      api ??= createRequire(import.meta.url)(OPEN_TELEMETRY) as OpenTelemetryApi
    } catch {
      // Somebody else's copy, out of our reach: the caller can pass it.
      isMissing = true
      return undefined
    }
    return activeTraceIds(api)
  }
}
