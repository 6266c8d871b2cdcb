import type {
  DependencyReportRow,
  DependencyRow,
  ReportedDependency,
  ReportedTransition,
} from '@skillwatch/schema'
import type { ReportedColumns } from '../reports/plan.ts'

/** A pair as its row holds it. */
export type DependencyValues = ReportedDependency & Pick<DependencyRow, 'units'>

export const DEPENDENCY_COLUMNS: ReportedColumns<DependencyValues> = {
  table: 'skill_dependencies',
  storedAt: 'last_updated_at_ms',
  key: ['kind_a', 'skill_a', 'kind_b', 'skill_b'],
  values: ['co_occurrence_count', 'with_a', 'with_b', 'units', 'lift_score', 'p_value', 'q_value'],
}

export const TRANSITION_COLUMNS: ReportedColumns<ReportedTransition> = {
  table: 'skill_transition',
  storedAt: 'last_updated_at_ms',
  key: ['from_kind', 'from_skill', 'to_kind', 'to_skill'],
  values: [
    ...(['transition_count', 'unit_count', 'from_count', 'to_count'] as const),
    ...(['lift_score', 'median_gap_ms', 'p_value', 'q_value'] as const),
  ],
}

/** The columns of what a report was computed from. */
export const SAMPLE_COLUMNS = [
  ...(['unit', 'computed_at_ms', 'since_at_ms', 'until_at_ms', 'units', 'units_needed'] as const),
  ...(['ignored_units', 'transitions_counted', 'transitions_needed'] as const),
  ...(['left_out_dependencies', 'left_out_transitions'] as const),
] satisfies readonly (keyof DependencyReportRow)[]
