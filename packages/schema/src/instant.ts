import { Type } from 'typebox'

/** An instant on the way in: RFC 3339 text, or epoch milliseconds. */
export const InstantInput = Type.Unsafe<string | number>({
  type: ['string', 'integer'],
  description: 'RFC 3339 date-time with offset, or epoch milliseconds.',
  examples: ['2026-11-22T09:30:00.120Z'],
})

/** An instant on the way out: RFC 3339 in UTC with milliseconds. */
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339 date-time in UTC.' })

/** Earliest instant taken: earlier ones are mistakes (seconds sent as milliseconds land in 1970). */
const INSTANT_MIN_MS = Date.UTC(2000, 0, 1)
/** How far ahead of the server's clock an instant may lie: room for wrong clocks and zones. */
export const INSTANT_AHEAD_MAX_MS = 24 * 60 * 60 * 1000

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/

/**
 * Epoch milliseconds of an instant, or the reason why it is not one.
 * @param nowMs the server's clock, the bound for the future
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

/** RFC 3339 text in UTC with milliseconds. */
export function formatInstant(ms: number): string {
  return new Date(ms).toISOString()
}

function parseRfc3339(text: string): number {
  if (!RFC_3339.test(text)) return Number.NaN
  const ms = Date.parse(text.replace(' ', 'T').toUpperCase())
  // Date.parse turns 30 February into 2 March; the day must survive the round trip in its own zone.
  return Number.isNaN(ms) || !isRealDay(text) ? Number.NaN : ms
}

function isRealDay(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number]
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}
