import type { Platform } from './platform.ts'
import type { InvocationContext } from './tracking/invocation-context.ts'

/**
 * Browsers cannot follow a call across awaits, and a guess could name a wrong parent. Code before the first
 * await certainly belongs to the call, so there the parent is known; after it the caller has to give the
 * parent.
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
