export interface Backoff {
  /** Upper bound of the first pause in milliseconds; it doubles with each further failure. */
  readonly delayMs: number
  /** Upper bound of every pause in milliseconds. */
  readonly delayMsMax: number
}

/**
 * How long to wait before the next attempt: exponential backoff with full jitter. The jitter spreads out
 * clients that failed at the same moment
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 * @param attempt attempts that have failed so far, from 1
 * @param random uniform in 0..1
 */
export function backoffMs({ delayMs, delayMsMax }: Backoff, attempt: number, random: () => number): number {
  return Math.min(delayMsMax, delayMs * 2 ** Math.min(attempt - 1, 30)) * random()
}

/** Counts the failures in a row, and computes the pause after each. */
export class Retries {
  readonly #backoff: Backoff
  readonly #random: () => number
  #failureCount = 0

  constructor(backoff: Backoff, random: () => number) {
    this.#backoff = backoff
    this.#random = random
  }

  /** Failures since the start or the last `reset`. */
  get failureCount(): number {
    return this.#failureCount
  }

  /**
   * Counts one more failure.
   * @param delayMsMin what the server asked for; the pause is not shorter
   * @returns how long to pause before the next attempt, in milliseconds
   */
  addFailure(delayMsMin = 0): number {
    this.#failureCount += 1
    return Math.max(delayMsMin, backoffMs(this.#backoff, this.#failureCount, this.#random))
  }

  /** After a success: the next failure counts as the first. */
  reset(): void {
    this.#failureCount = 0
  }
}

export interface Pause {
  /** Resolves when the time is up or `end` is called; rejects with the signal's reason when that aborts. */
  readonly ended: Promise<void>
  end(): void
}

type StartTimer = (action: () => void, delayMs: number) => ReturnType<typeof setTimeout>

/** A pause that can be ended early. With `setTimeout` as the timer it keeps Node alive. */
export function startPause(ms: number, signal: AbortSignal, startTimer: StartTimer = setTimeout): Pause {
  const { promise, resolve, reject } = withResolvers()
  if (signal.aborted) {
    reject(signal.reason)
    return { ended: promise, end: resolve }
  }
  const settle = (action: () => void) => () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    action()
  }
  const onAbort = settle(() => reject(signal.reason))
  const end = settle(resolve)
  const timer = startTimer(end, ms)
  signal.addEventListener('abort', onAbort, { once: true })
  return { ended: promise, end }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers(): Pick<PromiseWithResolvers<void>, 'promise' | 'resolve' | 'reject'> {
  let resolve!: () => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
