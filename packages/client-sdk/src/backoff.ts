export interface Backoff {
  /** Upper bound of the first pause in milliseconds. */
  readonly delayMs: number
  /** No pause is longer, whatever the attempt. */
  readonly delayMsMax: number
}

/**
 * How long to wait before the next attempt: exponential with full jitter, which spreads clients that failed together
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 * @param attempt attempts that have failed so far, from 1
 * @param random uniform in 0..1
 */
export function backoffMs({ delayMs, delayMsMax }: Backoff, attempt: number, random: () => number): number {
  return Math.min(delayMsMax, delayMs * 2 ** Math.min(attempt - 1, 30)) * random()
}

/**
 * Waits; ends at once when the signal aborts.
 * @throws the signal's reason when aborted
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal!.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
