import type { Refusal } from './first-error.ts'
import { parseInstant } from './parse-instant.ts'

/** From when to when a report is, in epoch milliseconds. */
interface WindowMs {
  readonly since_ms: number
  readonly until_ms: number
}

/** The same, and when the report was computed. */
export interface ReportWindow {
  readonly computed_at_ms: number
  readonly since_at_ms: number
  readonly until_at_ms: number
}

/** A window that is not empty. @param nowMs the server's clock, for the check of instants in the future */
export function parseWindow(report: Texts<'since' | 'until'>, nowMs: number): WindowMs | Refusal {
  const parsed = parseInstants(report, ['since', 'until'], nowMs)
  if ('pointer' in parsed) return parsed
  const { since, until } = parsed
  return until > since
    ? { since_ms: since, until_ms: until }
    : { pointer: '/until', reason: 'is not after since' }
}

/** A window that may be an instant, and when it was computed. @param nowMs as above */
export function parseReportWindow(
  report: Texts<'since' | 'until' | 'computed_at'>,
  nowMs: number,
): ReportWindow | Refusal {
  const parsed = parseInstants(report, ['since', 'until', 'computed_at'], nowMs)
  if ('pointer' in parsed) return parsed
  const { since, until, computed_at } = parsed
  if (until < since) return { pointer: '/until', reason: 'is before since' }
  return { computed_at_ms: computed_at, since_at_ms: since, until_at_ms: until }
}

type Texts<Name extends string> = Readonly<Record<Name, string>>

/** These instants in epoch milliseconds, or what is wrong with the first one that is refused. */
export function parseInstants<Name extends string>(
  texts: Texts<Name>,
  names: readonly Name[],
  nowMs: number,
): Readonly<Record<Name, number>> | Refusal {
  const instants: Partial<Record<Name, number>> = {}
  for (const name of names) {
    const parsed = parseInstant(texts[name], nowMs)
    if (typeof parsed === 'object') return { pointer: `/${name}`, ...parsed }
    instants[name] = parsed
  }
  return instants as Record<Name, number>
}
