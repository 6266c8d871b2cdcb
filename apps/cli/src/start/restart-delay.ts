const DELAY_MS_MIN = 250
const DELAY_MS_MAX = 5_000
/** After so long a life a death counts as the first one again. */
const STABLE_AFTER_MS = 30_000

/**
 * How long to wait before a service that died is started again: 250 ms, doubled with each death in a row, 5 s at most.
 * @param previousMs the delay before its last start; 0 when that was the first
 * @param livedMs how long it lived
 */
export function restartDelayMs(previousMs: number, livedMs: number): number {
  if (previousMs === 0 || livedMs >= STABLE_AFTER_MS) return DELAY_MS_MIN
  return Math.min(previousMs * 2, DELAY_MS_MAX)
}
