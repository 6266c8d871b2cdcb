import {
  type DependencyReport,
  formatInstant,
  type ReportedDependency,
  type ReportedTransition,
} from '@skillwatch/schema'
import { NOW_MS } from './clock.ts'

const DAY_MS = 86_400_000

/** A valid pair of a report of 100 units; override only the fields that the test is about. */
export function aDependency(overrides: Partial<ReportedDependency> = {}): ReportedDependency {
  return {
    ...{ kind_a: 'skill', skill_a: 'deploy', kind_b: 'skill', skill_b: 'plan' },
    ...{ co_occurrence_count: 15, with_a: 20, with_b: 25, lift_score: 3, p_value: 1.1e-7, q_value: 1.1e-7 },
    ...overrides,
  }
}

/** A valid transition of such a report. */
export function aTransition(overrides: Partial<ReportedTransition> = {}): ReportedTransition {
  return {
    ...{ from_kind: 'skill', from_skill: 'plan', to_kind: 'skill', to_skill: 'deploy' },
    ...{ transition_count: 15, unit_count: 12, from_count: 20, to_count: 25 },
    ...{ lift_score: 3, median_gap_ms: 90_000, p_value: 1.1e-7, q_value: 1.1e-7 },
    ...overrides,
  }
}

/** A report of the last 90 days, computed now. */
export function aDependencyReport(overrides: Partial<DependencyReport> = {}): DependencyReport {
  return {
    ...{ type: 'dependency', unit: 'session', computed_at: formatInstant(NOW_MS) },
    ...{ since: formatInstant(NOW_MS - 90 * DAY_MS), until: formatInstant(NOW_MS) },
    ...{ units: 100, units_needed: 50, ignored_units: 0, transitions_counted: 200, transitions_needed: 50 },
    ...{ left_out_dependencies: 0, left_out_transitions: 0 },
    ...{ dependencies: [], transitions: [] },
    ...overrides,
  }
}
