import type { TimeRange } from './window-parts.ts'

/** Periods of one length that follow each other. */
export interface Periods {
  readonly lengthMs: number
  readonly range: TimeRange
}

/**
 * Divides a window into whole periods: as many of the longest ones as it contains, and shorter ones at its
 * ends. They follow each other without gaps.
 * @param window from and to are instants at which a period of the shortest length begins
 * @param lengthsMs the longest first; each is a multiple of the next one. Periods begin at its multiples.
 */
export function wholePeriods([from, to]: TimeRange, lengthsMs: readonly number[]): Periods[] {
  const [lengthMs, ...shorter] = lengthsMs
  if (lengthMs === undefined || from >= to) return []
  const first = Math.ceil(from / lengthMs) * lengthMs
  const last = Math.floor(to / lengthMs) * lengthMs
  if (first >= last) return wholePeriods([from, to], shorter)
  return [
    ...wholePeriods([from, first], shorter),
    { lengthMs, range: [first, last] },
    ...wholePeriods([last, to], shorter),
  ]
}
