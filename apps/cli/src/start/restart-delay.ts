const DELAY_MS_MIN = 250
const DELAY_MS_MAX = 5_000
/** A service that ran this long restarts with the shortest delay. */
const STABLE_AFTER_MS = 30_000

/**
 * The delay before a service that ended is started again: 250 ms, doubled for each quick end in a row, at
 * most 5 s.
 * @param previousMs the delay before its last start; 0 when that was the first
 * @param ranMs how long it ran
 */
export function restartDelayMs(previousMs: number, ranMs: number): number {
  if (previousMs === 0 || ranMs >= STABLE_AFTER_MS) return DELAY_MS_MIN
  return Math.min(previousMs * 2, DELAY_MS_MAX)
}
