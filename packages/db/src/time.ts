export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The begin of the unit that contains an instant. */
export function floorTo(instantMs: number, unitMs: number): number {
  return Math.floor(instantMs / unitMs) * unitMs
}
