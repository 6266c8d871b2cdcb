/** Earlier instants are refused: seconds that were sent as milliseconds are in 1970. */
const INSTANT_MIN_MS = Date.UTC(2000, 0, 1)
/** An instant may be this far after the server's clock, because clocks and time zones may be wrong. */
export const INSTANT_AHEAD_MAX_MS = 24 * 60 * 60 * 1000

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/

/**
 * Epoch milliseconds of an instant, or the reason why it is refused.
 * @param nowMs the server's clock, for the check of instants in the future
 */
export function parseInstant(value: string | number, nowMs: number): number | { reason: string } {
  const ms = typeof value === 'number' ? value : parseRfc3339(value)
  if (Number.isNaN(ms))
    return { reason: 'is not an RFC 3339 date-time with offset, such as 2026-11-22T09:30:00.120Z' }
  if (ms < INSTANT_MIN_MS) {
    const hint =
      typeof value === 'number' && ms * 1000 >= INSTANT_MIN_MS
        ? '; it looks like seconds, send milliseconds'
        : ''
    return { reason: `is before 2000-01-01T00:00:00Z${hint}` }
  }
  if (ms > nowMs + INSTANT_AHEAD_MAX_MS) return { reason: 'is more than 24 hours in the future' }
  return ms
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const
const AGE = /^(\d{1,6})([mhdw])$/

/** The milliseconds of an age such as `90d` (m, h, d or w); undefined when it is none. */
export function parseAgeMs(text: string): number | undefined {
  const [, count, unit] = AGE.exec(text) ?? []
  return unit === undefined ? undefined : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]
}

/** RFC 3339 text in UTC with milliseconds. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString()
}

function parseRfc3339(text: string): number {
  if (!RFC_3339.test(text)) return Number.NaN
  const ms = Date.parse(text.replace(' ', 'T').toUpperCase())
  // Date.parse reads 30 February as 2 March, so the day is checked by itself.
  return Number.isNaN(ms) || !isRealDay(text) ? Number.NaN : ms
}

function isRealDay(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number]
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}
