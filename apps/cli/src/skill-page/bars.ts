import type { UseSummary } from '@skillwatch/schema'
import { localMinute } from '../usage/time-zone.ts'
import type { Span } from '../uses/window.ts'

/** The uses of each period of a window, also of periods without uses. */
export interface UseBars {
  readonly unit: Unit
  readonly periods: readonly Period[]
}

interface Period {
  /** As the wire names it: YYYY-MM-DD, that of a week its Monday, or YYYY-MM. */
  readonly name: string
  readonly uses: number
}

const DAY_MS = 86_400_000
const MARKS = [...'▁▂▃▄▅▆▇█']
const NONE = '·'

/** The name of the period that a day is in, the smallest period first. */
const PERIOD_OF = {
  day: (day: string) => day,
  week: mondayOf,
  month: (day: string) => day.slice(0, 7),
} as const
type Unit = keyof typeof PERIOD_OF

/** Uses by the smallest period of which at most `room` are in the window; by month at last. */
export function useBars(
  byDay: readonly Pick<UseSummary, 'day' | 'uses'>[],
  { span, timeZone, room }: { span: Span; timeZone: string; room: number },
): UseBars {
  const days = daysOf(span, timeZone)
  const namesBy = (unit: Unit) => [...new Set(days.map(PERIOD_OF[unit]))]
  const units = Object.keys(PERIOD_OF) as Unit[]
  const unit = units.find((each) => namesBy(each).length <= room) ?? 'month'
  const uses = Map.groupBy(byDay, ({ day }) => PERIOD_OF[unit](day!))
  const periods = namesBy(unit).map((name) => ({
    name,
    uses: (uses.get(name) ?? []).reduce((sum, each) => sum + each.uses, 0),
  }))
  return { unit, periods: periods.slice(-room) }
}

/** One character a period: a dot without uses, else a bar of eight heights. */
export function barsText({ periods }: UseBars): string {
  const most = periods.reduce((max, { uses }) => Math.max(max, uses), 0)
  return periods
    .map(({ uses }) => (uses === 0 ? NONE : MARKS[Math.ceil((uses / most) * MARKS.length) - 1]))
    .join('')
}

function daysOf({ sinceMs, untilMs }: Span, timeZone: string): string[] {
  const dayOf = (atMs: number) => localMinute(new Date(atMs).toISOString(), timeZone).slice(0, 10)
  const [firstMs, lastMs] = [Date.parse(dayOf(sinceMs)), Date.parse(dayOf(untilMs - 1))]
  const count = (lastMs - firstMs) / DAY_MS + 1
  return Array.from({ length: count }, (_, index) => utcDay(firstMs + index * DAY_MS))
}

function mondayOf(day: string): string {
  const atMs = Date.parse(day)
  const daysSinceMonday = (new Date(atMs).getUTCDay() + 6) % 7
  return utcDay(atMs - daysSinceMonday * DAY_MS)
}

function utcDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}
