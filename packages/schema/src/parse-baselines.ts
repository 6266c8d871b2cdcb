import type { BaselineReport, ReportedBaseline } from './baseline.ts'
import type { Refusal } from './first-error.ts'
import { parseWindow } from './parse-window.ts'
import type { BaselineRow, BaselineRunRow } from './tables/baselines.ts'

/** A baseline that passed every check, as its row holds it. */
export type ParsedBaseline = Omit<BaselineRow, 'project_id' | 'last_updated_at_ms'>

/** What a run concluded about all skills of a project. */
export interface ParsedBaselineReport {
  readonly type: 'baseline'
  readonly run: Omit<BaselineRunRow, 'project_id' | 'computed_at_ms'>
  readonly baselines: readonly ParsedBaseline[]
}

/**
 * Checks what the schema of a report cannot say. A report counts as a whole, so one refusal refuses it.
 * @param nowMs the server's clock, for the check of instants in the future
 * @returns the report, or what is wrong with it: at most one refusal for each baseline
 */
export function parseBaselineReport(
  report: BaselineReport,
  nowMs: number,
): { report: ParsedBaselineReport } | { refusals: Refusal[] } {
  const window = parseWindow(report, nowMs)
  if ('pointer' in window) return { refusals: [window] }
  const refusals = refuse(report.baselines)
  if (refusals.length > 0) return { refusals }
  const { persons, withheld, baselines } = report
  return { report: { type: 'baseline', run: { ...window, persons, ...withheld }, baselines } }
}

function refuse(baselines: readonly ReportedBaseline[]): Refusal[] {
  const seen = new Set<string>()
  return baselines.flatMap((baseline, index) => {
    const key = `${baseline.kind}\0${baseline.skill_name}`
    const refusal = seen.has(key)
      ? { pointer: '/skill_name', reason: 'is the skill of another baseline of the report' }
      : refuseOrder(baseline)
    seen.add(key)
    return refusal === undefined ? [] : { ...refusal, pointer: `/baselines/${index}${refusal.pointer}` }
  })
}

/** A value with an interval lies in it; a percentile has all three values or none. */
function refuseOrder(baseline: ReportedBaseline): Refusal | undefined {
  const { completion_rate_low, global_completion_rate, completion_rate_high } = baseline
  const { effectiveness_percentile_low, effectiveness_percentile, effectiveness_percentile_high } = baseline
  if (!isAscending(completion_rate_low, global_completion_rate, completion_rate_high))
    return { pointer: '/global_completion_rate', reason: 'is not in its interval' }
  const place = [effectiveness_percentile_low, effectiveness_percentile, effectiveness_percentile_high]
  const given = place.filter((each) => each !== null)
  if (given.length !== 0 && given.length !== place.length)
    return { pointer: '/effectiveness_percentile', reason: 'has only a part of its interval' }
  return isAscending(...given)
    ? undefined
    : { pointer: '/effectiveness_percentile', reason: 'is not in its interval' }
}

function isAscending(...values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || values[index - 1]! <= value)
}
