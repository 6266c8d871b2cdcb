import { USE_PERIOD_DAYS } from '../roll-ups/uses.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import { wholePeriods } from './whole-periods.ts'
import type { TimeRange } from './window-parts.ts'

/** A part of a window, and the roll-up that has its sums. */
export interface UseTablePart {
  readonly table: 'skill_use_series' | 'skill_use_period' | 'place_use_day'
  /** The column by which the rows of the part are found. */
  readonly at: 'hour_at_ms' | 'period_at_ms' | 'day_at_ms'
  /** Length of the periods of `skill_use_period`. */
  readonly periodDays?: number
  readonly range: TimeRange
}

/** What a question about uses needs of a roll-up. */
export interface UseTableNeeds {
  /** Labels that sums are kept apart by, and labels that are filtered by. */
  readonly by: readonly string[]
  readonly filters: readonly string[]
  readonly isByHour: boolean
}

const HOURS = [HOUR_MS]
const DAYS = [DAY_MS, HOUR_MS]
const PERIODS = [...USE_PERIOD_DAYS.map((days) => days * DAY_MS).reverse(), HOUR_MS]

/**
 * The parts of a window of whole hours, each read from the roll-up with the fewest rows that has the labels.
 * Hours are left only at the ends of a long window.
 */
export function useTableParts(window: TimeRange, needs: UseTableNeeds): UseTablePart[] {
  const lengths = lengthsOf(needs)
  return wholePeriods(window, lengths).map(({ lengthMs, range }): UseTablePart => {
    if (lengthMs === HOUR_MS) return { table: 'skill_use_series', at: 'hour_at_ms', range }
    if (lengths === DAYS) return { table: 'place_use_day', at: 'day_at_ms', range }
    return { table: 'skill_use_period', at: 'period_at_ms', periodDays: lengthMs / DAY_MS, range }
  })
}

function lengthsOf({ by, filters, isByHour }: UseTableNeeds): readonly number[] {
  // The hours of one skill are found by their key.
  if (isByHour || filters.includes('skill_name')) return HOURS
  const isByPlace = [...by, ...filters].some((label) => label === 'repository' || label === 'branch')
  if (!by.includes('skill_name')) return DAYS
  return isByPlace ? HOURS : PERIODS
}
