import type { Migration } from './dialect.ts'

/** What is usual for a skill over all persons, and the run that it is from. */
export const baselines: Migration = {
  version: 19,
  name: 'baselines',
  up: (d) => [
    `create table skill_community_baselines (
  project_id ${d.integer} not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  total_users ${d.integer} not null check (total_users >= 5),
  total_invocations ${d.integer} not null,
  global_completion_rate ${d.real} not null,
  completion_rate_low ${d.real} not null,
  completion_rate_high ${d.real} not null,
  global_avg_duration_seconds ${d.real},
  most_common_workflow_phase text,
  effectiveness_percentile ${d.real},
  effectiveness_percentile_low ${d.real},
  effectiveness_percentile_high ${d.real},
  last_updated_at_ms ${d.integer} not null,
  primary key (project_id, kind, skill_name)
) ${d.keyedTable}`,
    `create table skill_baseline_run (
  project_id ${d.integer} primary key,
  since_ms ${d.integer} not null,
  until_ms ${d.integer} not null,
  computed_at_ms ${d.integer} not null,
  persons ${d.integer} not null,
  too_few_persons ${d.integer} not null,
  mostly_one_person ${d.integer} not null,
  calls_without_user ${d.integer} not null
) ${d.table}`,
  ],
  down: () => ['drop table skill_baseline_run', 'drop table skill_community_baselines'],
}
