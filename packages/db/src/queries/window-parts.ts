const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** From (included) to (excluded), in epoch milliseconds. */
export type TimeRange = readonly [number, number]

/**
 * A sliding window divided by roll-up: by minute, by hour, by minute. Each range begins where the one before
 * ends.
 */
export interface WindowParts {
  leadingMinutes: TimeRange
  hours: TimeRange
  trailingMinutes: TimeRange
}

/**
 * The last `minutes` minutes, the current one included. Whole hours are read from the hourly roll-up, so
 * that a long window reads single minutes only at its two ends.
 */
export function windowParts(minutes: number, nowMs: number): WindowParts {
  const to = floor(nowMs, MINUTE_MS) + MINUTE_MS
  const from = to - minutes * MINUTE_MS
  const firstHour = floor(from + HOUR_MS - 1, HOUR_MS)
  const lastHour = floor(to, HOUR_MS)
  // The window contains no whole hour: all of it is read by minute.
  if (firstHour >= lastHour)
    return { leadingMinutes: [from, to], hours: [to, to], trailingMinutes: [to, to] }
  return { leadingMinutes: [from, firstHour], hours: [firstHour, lastHour], trailingMinutes: [lastHour, to] }
}

function floor(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs
}
