import { dispose } from './dispose.ts'
import { startTimer } from './timer.ts'

/**
 * A signal that aborts when `signal` does, or after a time. Not `AbortSignal.any`: in Node 20 each use of
 * it leaves a listener on `signal`, and that signal lives as long as the client.
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
