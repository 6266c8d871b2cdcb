import { dispose } from './dispose.ts'
import { startTimer } from './platform.ts'

/**
 * A signal that aborts when another one does, or after a time. `AbortSignal.any` would leave something behind at the other
 * one for each request (Node 20), and that lives as long as the client.
 */
export function deadlineOf(signal: AbortSignal, ms: number): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal.reason)
  const timer = startTimer(
    () => controller.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError')),
    ms,
  )
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  return {
    signal: controller.signal,
    [dispose]() {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    },
  }
}
