import type { InvocationContext, Platform } from './platform.ts'

/**
 * Browsers cannot follow a call across awaits, and a guess would name wrong parents. What runs before the first await
 * cannot be anybody else's, so that much is inherited; the rest is given by hand.
 */
function synchronousContext(): InvocationContext {
  let current: string | undefined
  return {
    current: () => current,
    run(invocationId, fn) {
      const outer = current
      current = invocationId
      try {
        return fn()
      } finally {
        current = outer
      }
    },
  }
}

export function browserPlatform(): Platform {
  return {
    context: synchronousContext(),
    fetch: (url, init) => globalThis.fetch(url, init),
    traceIds: () => undefined,
    onExit: () => () => undefined,
    close: () => undefined,
  }
}
