import type { Migration, SqlDialect } from './dialect.ts'

/**
 * Experiments, the group of each user, and what happened to users. The rows of `ab_test_assignments` hold
 * sums over outcomes, and those of `ab_test_configs` counts of assignments, so that reads follow users.
 */
export const experiments: Migration = {
  version: 23,
  name: 'experiments',
  up: (d) => [
    ...configs(d),
    ...assignments(d),
    ...outcomes(d),
    `alter table deletion add column experiment_assignments ${d.integer} not null default 0`,
    `alter table deletion add column experiment_outcomes ${d.integer} not null default 0`,
  ],
  down: () => [
    'alter table deletion drop column experiment_outcomes',
    'alter table deletion drop column experiment_assignments',
    'drop table ab_test_outcomes',
    'drop table ab_test_assignments',
    'drop table ab_test_configs',
  ],
}

function configs(d: SqlDialect): string[] {
  return [
    `create table ab_test_configs (
  test_id ${d.neverReusedKey},
  project_id ${d.integer} not null,
  test_name text not null,
  description text,
  control_strategy text not null,
  treatment_strategy text not null,
  start_date_ms ${d.integer} not null,
  end_date_ms ${d.integer},
  min_sample_size ${d.integer} not null,
  metrics text not null,
  assignment_ratio ${d.real} not null check (assignment_ratio > 0 and assignment_ratio < 1),
  min_effect ${d.real} not null,
  cost_cap_usd ${d.real} not null,
  status text not null check (status in ('running', 'concluded', 'stopped')),
  created_at_ms ${d.integer} not null,
  ended_at_ms ${d.integer},
  analysis text,
  control_users ${d.integer} not null default 0,
  treatment_users ${d.integer} not null default 0,
  control_users_with_outcomes ${d.integer} not null default 0,
  treatment_users_with_outcomes ${d.integer} not null default 0,
  unique (project_id, test_name)
) ${d.table}`,
    'create index ab_test_configs_by_project on ab_test_configs (project_id, test_id)',
  ]
}

function assignments(d: SqlDialect): string[] {
  return [
    `create table ab_test_assignments (
  assignment_id ${d.autoKey},
  project_id ${d.integer} not null,
  test_id ${d.integer} not null,
  user_hash text not null,
  group_name text not null check (group_name in ('control', 'treatment')),
  assigned_at_ms ${d.integer} not null,
  outcome_count ${d.integer} not null default 0,
  completed_count ${d.integer} not null default 0,
  duration_count ${d.integer} not null default 0,
  log_duration_sum ${d.real} not null default 0,
  rating_count ${d.integer} not null default 0,
  rating_sum ${d.real} not null default 0,
  cost_count ${d.integer} not null default 0,
  cost_usd_sum ${d.real} not null default 0,
  unique (test_id, user_hash)
) ${d.table}`,
    'create index ab_test_assignments_by_group on ab_test_assignments (test_id, group_name)',
    'create index ab_test_assignments_by_time on ab_test_assignments (project_id, assigned_at_ms)',
  ]
}

function outcomes(d: SqlDialect): string[] {
  return [
    `create table ab_test_outcomes (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  test_id ${d.integer} not null,
  outcome_id text not null,
  user_hash text not null,
  skill_name text not null,
  completed ${d.integer} not null check (completed in (0, 1)),
  duration_seconds ${d.real},
  rating ${d.real} check (rating between 1 and 5),
  cost_usd ${d.real},
  recorded_at_ms ${d.integer} not null,
  unique (test_id, outcome_id)
) ${d.table}`,
    'create index ab_test_outcomes_by_user on ab_test_outcomes (test_id, user_hash)',
    'create index ab_test_outcomes_by_skill on ab_test_outcomes (project_id, skill_name)',
    'create index ab_test_outcomes_by_time on ab_test_outcomes (project_id, recorded_at_ms)',
  ]
}
