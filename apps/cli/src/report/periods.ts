import { localMinute } from '../usage/time-zone.ts'
import type { Window } from './window.ts'

/** What a report is divided into: the fewest parts that still show when something changed. */
export type PeriodName = 'day' | 'week' | 'month'

/** A day, week or month of a window. */
export interface Period {
  /** A day, the Monday of a week (YYYY-MM-DD), or a month (YYYY-MM). */
  readonly name: string
  /** False when the window begins or ends within it. */
  readonly isWhole: boolean
}

const DAY_MS = 86_400_000
/** At most so many days or weeks, so that a table of them stays readable. */
const PARTS_MAX = 31
/** Every day has more hours than that, also when clocks change. */
const STEP_MS = DAY_MS / 2

export function periodOfLength({ sinceMs, untilMs }: Window): PeriodName {
  const days = (untilMs - sinceMs) / DAY_MS
  if (days <= PARTS_MAX) return 'day'
  return days <= 7 * PARTS_MAX ? 'week' : 'month'
}

/** All periods of a window, also those in which nothing happened. */
export function periodsOf({ sinceMs, untilMs }: Window, period: PeriodName, timeZone: string): Period[] {
  const nameAt = (ms: number) => periodNameAt(ms, period, timeZone)
  const names = new Set<string>()
  for (let ms = sinceMs; ms < untilMs; ms += STEP_MS) names.add(nameAt(ms))
  const [first, last] = [nameAt(sinceMs), nameAt(untilMs - 1)]
  names.add(last)
  const isCutAtStart = nameAt(sinceMs - 1) === first
  const isCutAtEnd = nameAt(untilMs) === last
  return [...names].map((name) => ({
    name,
    isWhole: !(name === first && isCutAtStart) && !(name === last && isCutAtEnd),
  }))
}

function periodNameAt(ms: number, period: PeriodName, timeZone: string): string {
  const day = localMinute(new Date(ms).toISOString(), timeZone).slice(0, 'YYYY-MM-DD'.length)
  if (period === 'week') return mondayOf(day)
  return period === 'month' ? day.slice(0, 'YYYY-MM'.length) : day
}

function mondayOf(day: string): string {
  const atMs = Date.parse(`${day}T00:00:00Z`)
  const daysSinceMonday = (new Date(atMs).getUTCDay() + 6) % 7
  return new Date(atMs - daysSinceMonday * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
}
