/** A count of one bucket of time, by the instant at which the bucket begins. */
export interface TimedCount {
  readonly at_ms: number
  readonly count: number
}

export interface TrailingWindow {
  readonly windowMs: number
  /** What happened in the window. It falls back to 0 without any new event. */
  readonly sum: number
  /** The age at which an event counts half in `decayed`: a quarter of the window. */
  readonly halfLifeMs: number
  /** The same with each event weighted by 2^(-age / half-life): recent events count more. */
  readonly decayed: number
}

const HOUR_MS = 3_600_000
/** 1 h, 24 h, 7 d and 30 d. */
const WINDOWS_MS = [1, 24, 7 * 24, 30 * 24].map((hours) => hours * HOUR_MS)
/** At the far end of its window an event then counts 1/16. */
const HALF_LIVES_PER_WINDOW = 4

/**
 * Sums over the last hour, day, 7 days and 30 days before an instant, plain and with exponential weights.
 * Each is a function of the rows and the instant alone, so it decays by itself. A row belongs to a window
 * when it begins in it; rows after the instant are ignored. A sum over nothing is 0, which is no rate.
 */
export function trailingWindows(rows: readonly TimedCount[], asOfMs: number): TrailingWindow[] {
  return WINDOWS_MS.map((windowMs) => {
    const inside = rows.filter(({ at_ms }) => at_ms > asOfMs - windowMs && at_ms <= asOfMs)
    const halfLifeMs = windowMs / HALF_LIVES_PER_WINDOW
    const weigh = ({ at_ms, count }: TimedCount) => count * 2 ** ((at_ms - asOfMs) / halfLifeMs)
    return { windowMs, halfLifeMs, sum: total(inside, ({ count }) => count), decayed: total(inside, weigh) }
  })
}

function total(rows: readonly TimedCount[], weightOf: (row: TimedCount) => number): number {
  return rows.reduce((sum, row) => sum + weightOf(row), 0)
}
