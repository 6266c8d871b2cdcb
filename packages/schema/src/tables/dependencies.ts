import type { Generated, Selectable } from 'kysely'
import type { DependencyUnit, ReportedDependency, ReportedTransition } from '../dependency.ts'

/** What the stored report of a unit was computed from. */
export interface SkillDependencyReportTable {
  project_id: number
  unit: DependencyUnit
  computed_at_ms: number
  since_at_ms: number
  until_at_ms: number
  units: number
  units_needed: number
  ignored_units: number
  transitions_counted: number
  transitions_needed: number
  left_out_dependencies: number
  left_out_transitions: number
}

interface ReportedRow {
  row_id: Generated<number>
  project_id: number
  unit: DependencyUnit
  /** When it was stored with these numbers. */
  last_updated_at_ms: number
}

/** Skills that are used together. The table and the names of its first columns are session-buddy's. */
export interface SkillDependenciesTable extends ReportedRow, ReportedDependency {
  /** All units of the report, so that a row shows its lift by itself. */
  units: number
}

/** What follows what. */
export interface SkillTransitionTable extends ReportedRow, ReportedTransition {}

export type DependencyRow = Selectable<SkillDependenciesTable>
export type TransitionRow = Selectable<SkillTransitionTable>
export type DependencyReportRow = Selectable<SkillDependencyReportTable>
