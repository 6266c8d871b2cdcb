import { type BaselineReport, formatInstant } from '@skillwatch/schema'
import { NOW_MS } from './clock.ts'

const DAY_MS = 86_400_000

type ReportedBaseline = BaselineReport['baselines'][number]

/** A small valid baseline; override only the fields that the test is about. */
export function aBaseline(overrides: Partial<ReportedBaseline> = {}): ReportedBaseline {
  return {
    kind: 'skill',
    skill_name: 'pdf-fill',
    total_users: 10,
    total_invocations: 200,
    global_completion_rate: 0.9,
    completion_rate_low: 0.541,
    completion_rate_high: 0.996,
    global_avg_duration_seconds: 2,
    most_common_workflow_phase: 'execution',
    effectiveness_percentile: 70,
    effectiveness_percentile_low: 20,
    effectiveness_percentile_high: 100,
    ...overrides,
  }
}

/** A report of the 90 days before `NOW_MS`. */
export function aBaselineReport(
  baselines: readonly ReportedBaseline[],
  overrides: Partial<BaselineReport> = {},
): BaselineReport {
  return {
    type: 'baseline',
    since: formatInstant(NOW_MS - 90 * DAY_MS),
    until: formatInstant(NOW_MS),
    persons: 15,
    withheld: { too_few_persons: 2, mostly_one_person: 1, calls_without_user: 500 },
    baselines: [...baselines],
    ...overrides,
  }
}
