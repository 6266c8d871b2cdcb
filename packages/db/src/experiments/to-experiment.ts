import {
  type AbTestConfigRow,
  type Experiment,
  type ExperimentMetric,
  formatInstant,
} from '@skillwatch/schema'

/** An experiment as the wire shows it. */
export function toExperiment(row: AbTestConfigRow): Experiment {
  const { test_name, description, control_strategy, treatment_strategy } = row
  const { min_sample_size, assignment_ratio, min_effect, cost_cap_usd, status } = row
  return {
    test_name,
    description,
    control_strategy,
    treatment_strategy,
    start_date: formatInstant(row.start_date_ms),
    end_date: row.end_date_ms === null ? null : formatInstant(row.end_date_ms),
    min_sample_size,
    metrics: JSON.parse(row.metrics) as ExperimentMetric[],
    assignment_ratio,
    min_effect,
    cost_cap_usd,
    status,
    created_at: formatInstant(row.created_at_ms),
    ended_at: row.ended_at_ms === null ? null : formatInstant(row.ended_at_ms),
    control: { users: row.control_users, users_with_outcomes: row.control_users_with_outcomes },
    treatment: { users: row.treatment_users, users_with_outcomes: row.treatment_users_with_outcomes },
  }
}
