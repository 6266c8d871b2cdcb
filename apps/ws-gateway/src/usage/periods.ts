/** How an hour is assigned to a day, a week or a month of a time zone. */
export interface Calendar {
  /** YYYY-MM-DD */
  dayOf(hourAtMs: number): string
  /** The Monday of the week (ISO 8601), as YYYY-MM-DD. */
  weekOf(hourAtMs: number): string
  /** YYYY-MM */
  monthOf(hourAtMs: number): string
}

const DAY_MS = 86_400_000

/**
 * Days as the clocks of the time zone show them. Hours are whole, so in a zone that is off by half an hour
 * an hour belongs to the day in which it begins.
 * @throws {RangeError} for a name that is no IANA time zone
 */
export function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const days = new Map<number, string>()
  const dayOf = (hourAtMs: number): string => {
    const known = days.get(hourAtMs)
    if (known !== undefined) return known
    const parts = new Map(format.formatToParts(hourAtMs).map(({ type, value }) => [type, value]))
    const day = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
    days.set(hourAtMs, day)
    return day
  }
  return {
    dayOf,
    weekOf: (hourAtMs) => mondayOf(dayOf(hourAtMs)),
    monthOf: (hourAtMs) => dayOf(hourAtMs).slice(0, 7),
  }
}

function mondayOf(day: string): string {
  const atMs = Date.parse(`${day}T00:00:00Z`)
  const daysSinceMonday = (new Date(atMs).getUTCDay() + 6) % 7
  return new Date(atMs - daysSinceMonday * DAY_MS).toISOString().slice(0, 10)
}
