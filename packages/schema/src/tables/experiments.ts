import type { Generated, Selectable } from 'kysely'
import type { ExperimentGroup, ExperimentStatus } from '../experiment.ts'

/**
 * Experiments. The names are session-buddy's, with `_ms` after those of instants. The last columns count
 * the rows of `ab_test_assignments`.
 */
export interface AbTestConfigsTable {
  test_id: Generated<number>
  project_id: number
  test_name: string
  description: string | null
  control_strategy: string
  treatment_strategy: string
  start_date_ms: number
  end_date_ms: number | null
  min_sample_size: number
  /** JSON list; the first one is the primary metric. */
  metrics: string
  /** Share of the control group. */
  assignment_ratio: number
  min_effect: number
  cost_cap_usd: number
  status: ExperimentStatus
  created_at_ms: number
  ended_at_ms: number | null
  /** JSON of the analysis of a concluded experiment. */
  analysis: string | null
  control_users: number
  treatment_users: number
  control_users_with_outcomes: number
  treatment_users_with_outcomes: number
}

export type AbTestConfigRow = Selectable<AbTestConfigsTable>

/** The group of each user, and sums over the outcomes of the user. */
export interface AbTestAssignmentsTable {
  assignment_id: Generated<number>
  project_id: number
  test_id: number
  /** The keyed hash of session-buddy's `user_id`. */
  user_hash: string
  group_name: ExperimentGroup
  assigned_at_ms: number
  outcome_count: number
  completed_count: number
  duration_count: number
  /** Of natural logarithms of seconds. */
  log_duration_sum: number
  rating_count: number
  rating_sum: number
  cost_count: number
  /** Each cost at most the cap of the experiment. */
  cost_usd_sum: number
}

export type AbTestAssignmentRow = Selectable<AbTestAssignmentsTable>

/** What happened to users. `outcome_id` is an idempotency key, where session-buddy has a number. */
export interface AbTestOutcomesTable {
  row_id: Generated<number>
  project_id: number
  test_id: number
  outcome_id: string
  user_hash: string
  skill_name: string
  /** 1 or 0. */
  completed: number
  duration_seconds: number | null
  rating: number | null
  cost_usd: number | null
  recorded_at_ms: number
}

export type AbTestOutcomeRow = Selectable<AbTestOutcomesTable>
