import type { InvocationContext, Platform } from './platform.ts'

/** Browsers cannot follow a call across awaits, and a guess would name wrong parents: parents are given by hand. */
const noContext: InvocationContext = { current: () => undefined, run: (_, fn) => fn() }

export function browserPlatform(): Platform {
  return {
    context: noContext,
    fetch: (url, init) => globalThis.fetch(url, init),
    traceIds: () => undefined,
    onExit: () => () => undefined,
    close: () => undefined,
  }
}
