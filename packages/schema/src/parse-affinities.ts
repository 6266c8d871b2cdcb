import type { AffinityReport, ReportedAffinity } from './affinity.ts'
import type { Refusal } from './first-error.ts'
import { parseReportWindow } from './parse-window.ts'
import { refuseEach } from './refuse-each.ts'
import type { AffinityRunRow } from './tables/affinities.ts'

/** A report of affinities that passed every check, as its rows hold it. */
export interface ParsedAffinityReport {
  readonly type: 'affinity'
  readonly run: Omit<AffinityRunRow, 'project_id'>
  readonly affinities: readonly ReportedAffinity[]
}

/**
 * Checks what the schema of a report cannot say. A report counts as a whole, so one refusal refuses it.
 * @param nowMs the server's clock, for the check of instants in the future
 */
export function parseAffinityReport(
  report: AffinityReport,
  nowMs: number,
): { report: ParsedAffinityReport } | { refusals: Refusal[] } {
  const window = parseReportWindow(report, nowMs)
  if ('pointer' in window) return { refusals: [window] }
  const { persons, affinities } = report
  const refusals = refuseEach('affinities', affinities, keyOf, (each) => refuseAffinity(each, persons))
  if (refusals.length > 0) return { refusals }
  return { report: { type: 'affinity', run: { ...window, persons }, affinities } }
}

function keyOf({ kind, skill_name, also_kind, also_name }: ReportedAffinity): string {
  return [kind, skill_name, also_kind, also_name].join('\0')
}

function refuseAffinity(each: ReportedAffinity, persons: number): Refusal | undefined {
  if (each.kind === each.also_kind && each.skill_name === each.also_name)
    return { pointer: '/also_name', reason: 'is the skill itself' }
  if (each.persons > persons) return { pointer: '/persons', reason: 'is above those of the report' }
  return undefined
}
