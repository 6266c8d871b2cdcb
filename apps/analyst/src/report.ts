import type { AnomalyFinding } from '@skillwatch/analytics'
import { type Finding, type FindingsReport, formatInstant } from '@skillwatch/schema'
import type { Plan } from './schedule.ts'

/** Findings of one report: about half of the bytes that ingest accepts in a body by default. */
const FINDINGS_MAX = 5_000

/**
 * All findings that opened in the reported hours of a plan. When there are more than a report may have, it
 * begins later, as it must be complete from its begin on.
 * @param findings ordered by the hour that opened them
 */
export function reportOf(
  findings: readonly AnomalyFinding[],
  { reportSinceMs, untilMs }: Plan,
  findingsMax: number = FINDINGS_MAX,
): FindingsReport {
  const recent = findings.filter(({ opened_at }) => Date.parse(opened_at) >= reportSinceMs)
  const newestLeftOut = recent.at(-findingsMax - 1)
  const sinceMs = newestLeftOut === undefined ? reportSinceMs : Date.parse(newestLeftOut.opened_at) + 1
  return {
    type: 'anomaly',
    since: formatInstant(sinceMs),
    until: formatInstant(untilMs),
    findings: recent.filter(({ opened_at }) => Date.parse(opened_at) >= sinceMs) as Finding[],
  }
}
