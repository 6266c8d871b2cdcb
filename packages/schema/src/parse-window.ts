import type { Refusal } from './first-error.ts'
import { parseInstant } from './parse-instant.ts'

/** From when to when a report is, and when it was computed, in epoch milliseconds. */
export interface ReportWindow {
  readonly computed_at_ms: number
  readonly since_at_ms: number
  readonly until_at_ms: number
}

/** @param nowMs the server's clock, for the check of instants in the future */
export function parseReportWindow(
  { since, until, computed_at }: { since: string; until: string; computed_at: string },
  nowMs: number,
): ReportWindow | Refusal {
  const since_at_ms = parseInstant(since, nowMs)
  if (typeof since_at_ms === 'object') return { pointer: '/since', ...since_at_ms }
  const until_at_ms = parseInstant(until, nowMs)
  if (typeof until_at_ms === 'object') return { pointer: '/until', ...until_at_ms }
  const computed_at_ms = parseInstant(computed_at, nowMs)
  if (typeof computed_at_ms === 'object') return { pointer: '/computed_at', ...computed_at_ms }
  if (until_at_ms < since_at_ms) return { pointer: '/until', reason: 'is before since' }
  return { computed_at_ms, since_at_ms, until_at_ms }
}

interface WindowMs {
  readonly since_ms: number
  readonly until_ms: number
}

/** The window of a report. @param nowMs the server's clock, for the check of instants in the future */
export function parseWindow(
  { since, until }: { readonly since: string; readonly until: string },
  nowMs: number,
): WindowMs | Refusal {
  const since_ms = parseInstant(since, nowMs)
  if (typeof since_ms === 'object') return { pointer: '/since', ...since_ms }
  const until_ms = parseInstant(until, nowMs)
  if (typeof until_ms === 'object') return { pointer: '/until', ...until_ms }
  return until_ms > since_ms ? { since_ms, until_ms } : { pointer: '/until', reason: 'is not after since' }
}

/** That no two items of a list are about the same. */
export function refuseRepeats<Item>(
  list: string,
  items: readonly Item[],
  keyOf: (item: Item) => readonly unknown[],
): Refusal[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    const key = keyOf(item).join('\0')
    if (seen.has(key)) return { pointer: `/${list}/${index}`, reason: 'is in the report before' }
    seen.add(key)
    return []
  })
}
