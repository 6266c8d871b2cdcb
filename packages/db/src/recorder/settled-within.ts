import { setTimeout as delay } from 'node:timers/promises'

/** Waits until the work has ended, however, or the time is over. */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  const timer = new AbortController()
  const ended = work.catch(() => undefined).finally(() => timer.abort())
  await Promise.race([ended, delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)])
}
