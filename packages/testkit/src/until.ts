import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 10

/**
 * Waits until a condition holds and returns its value.
 * @param condition a truthy value ends the waiting; after an error it is called again. The last error is the
 * `cause` of the timeout's error
 * @throws {Error} when it does not hold within `timeoutMs` (30 seconds)
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, what = condition.toString() }: { timeoutMs?: number; what?: string } = {},
): Promise<Exclude<Awaited<T>, false | null | undefined | 0 | ''>> {
  const endMs = performance.now() + timeoutMs
  let cause: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value) return value as Exclude<Awaited<T>, false | null | undefined | 0 | ''>
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() >= endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause })
    await sleep(POLL_MS)
  }
}
