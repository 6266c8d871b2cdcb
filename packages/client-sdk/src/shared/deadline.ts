import { dispose } from './dispose.ts'
import { startTimer } from './timer.ts'

/**
 * A signal that aborts when one of `signals` does, or after a time. Not `AbortSignal.any`: in Node 20 each
 * use of it leaves a listener on its signals, and one of them may live as long as the client.
 */
export function deadlineOf(
  signals: readonly (AbortSignal | undefined)[],
  ms: number,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const timer = startTimer(
    () => controller.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError')),
    ms,
  )
  const unsubscribers = signals.map((signal) => onAbort(signal, (reason) => controller.abort(reason)))
  return {
    signal: controller.signal,
    [dispose]() {
      clearTimeout(timer)
      for (const unsubscribe of unsubscribers) unsubscribe()
    },
  }
}

/** Calls `action` when the signal aborts, or now when it has. @returns stops listening */
function onAbort(signal: AbortSignal | undefined, action: (reason: unknown) => void): () => void {
  const listener = () => action(signal?.reason)
  signal?.addEventListener('abort', listener, { once: true })
  if (signal?.aborted) listener()
  return () => signal?.removeEventListener('abort', listener)
}
