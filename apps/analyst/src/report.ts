import type { AnomalyFinding } from '@skillwatch/analytics'
import { type Finding, type FindingsReport, formatInstant } from '@skillwatch/schema'
import type { Plan } from './schedule.ts'

/** Findings of one report: about half of the bytes that ingest accepts in a body by default. */
const FINDINGS_MAX = 5_000

/** A skill of which calls are recorded. */
interface RecordedSkill {
  readonly kind: string
  readonly skill_name: string
}

/**
 * The findings of skills that are still recorded. A skill may have been deleted while its calls were
 * analysed, and its name must not be stored again (R10).
 */
export function ofRecorded(
  findings: readonly AnomalyFinding[],
  recorded: readonly RecordedSkill[],
): AnomalyFinding[] {
  const keyOf = ({ kind, skill_name }: RecordedSkill) => JSON.stringify([kind, skill_name])
  const known = new Set(recorded.map(keyOf))
  return findings.filter((finding) => known.has(keyOf(finding)))
}

/**
 * All findings that opened in the reported hours of a plan. When there are more than a report may have, it
 * begins later, as it must be complete from its begin on.
 * @param findings ordered by the hour that opened them
 */
export function reportOf(
  findings: readonly AnomalyFinding[],
  { reportSinceMs, untilMs }: Pick<Plan, 'reportSinceMs' | 'untilMs'>,
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
