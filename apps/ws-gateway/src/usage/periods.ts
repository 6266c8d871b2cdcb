/** What hours are assigned to. */
const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

/** How hours are assigned to the days, weeks and months of a time zone. */
export interface Calendar {
  /** A day as YYYY-MM-DD, a week as that of its Monday (ISO 8601), a month as YYYY-MM. */
  labelOf(hourAtMs: number, period: Period): string
}

export function isPeriod(group: string): group is Period {
  return (PERIODS as readonly string[]).includes(group)
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
  const labels: Record<Period, (day: string) => string> = {
    day: (day) => day,
    week: mondayOf,
    month: (day) => day.slice(0, 7),
  }
  return { labelOf: (hourAtMs, period) => labels[period](dayOf(hourAtMs)) }
}

function mondayOf(day: string): string {
  const atMs = Date.parse(`${day}T00:00:00Z`)
  const daysSinceMonday = (new Date(atMs).getUTCDay() + 6) % 7
  return new Date(atMs - daysSinceMonday * DAY_MS).toISOString().slice(0, 10)
}
