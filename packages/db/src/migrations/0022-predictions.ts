import type { Migration, SqlDialect } from './dialect.ts'

const KIND = `kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool'))`

/** How predictable the outcomes of skills are, and what the phases of work take. */
export const predictions: Migration = {
  version: 22,
  name: 'predictions',
  up: (d) => [
    ...predictionTables(d),
    ...workflowTables(d),
    // To delete what names a skill.
    'create index workflow_phase_skill_by_skill on workflow_phase_skill (project_id, kind, skill_name)',
  ],
  down: () => [
    'drop table workflow_transition',
    'drop table workflow_phase_skill',
    'drop table workflow_phase',
    'drop table workflow_run',
    'drop table skill_prediction_run',
    'drop table skill_prediction',
  ],
}

const runColumns = (d: SqlDialect) => `project_id ${d.integer} primary key,
  since_ms ${d.integer} not null,
  until_ms ${d.integer} not null,
  computed_at_ms ${d.integer} not null,
  time_zone text not null`

function predictionTables(d: SqlDialect): string[] {
  return [
    `create table skill_prediction (
  project_id ${d.integer} not null,
  ${KIND},
  skill_name text not null,
  calls ${d.integer} not null,
  completed ${d.integer} not null,
  verdict text not null check (
    verdict in ('better than the base rate', 'no better than the base rate', 'not enough data')),
  base_rate ${d.real} not null,
  base_rate_low ${d.real},
  base_rate_high ${d.real},
  lacks text,
  judgement text,
  model text check (length(model) <= 32768),
  primary key (project_id, kind, skill_name)
) ${d.keyedTable}`,
    `create table skill_prediction_run (
  ${runColumns(d)},
  left_out ${d.integer} not null
) ${d.table}`,
  ]
}

const countColumns = (d: SqlDialect) => `calls ${d.integer} not null,
  completed ${d.integer} not null,
  failed ${d.integer} not null,
  rejected ${d.integer} not null,
  abandoned ${d.integer} not null,
  median_ms ${d.real},
  duration_ms ${d.real} not null,
  slow_ms ${d.real},
  failed_ms ${d.real} not null`

function workflowTables(d: SqlDialect): string[] {
  return [
    `create table workflow_run (
  ${runColumns(d)},
  sessions ${d.integer} not null,
  calls ${d.integer} not null,
  calls_without_phase ${d.integer} not null,
  rare_phases ${d.integer} not null,
  left_out_phases ${d.integer} not null
) ${d.table}`,
    `create table workflow_phase (
  project_id ${d.integer} not null,
  workflow_phase text not null,
  sessions ${d.integer} not null,
  ${countColumns(d)},
  completion_rate ${d.real},
  completion_rate_low ${d.real},
  completion_rate_high ${d.real},
  p90_ms ${d.real},
  calls_by_hour text not null,
  failed_by_hour text not null,
  primary key (project_id, workflow_phase)
) ${d.keyedTable}`,
    `create table workflow_phase_skill (
  project_id ${d.integer} not null,
  workflow_phase text not null,
  ${KIND},
  skill_name text not null,
  ${countColumns(d)},
  primary key (project_id, workflow_phase, kind, skill_name)
) ${d.keyedTable}`,
    `create table workflow_transition (
  project_id ${d.integer} not null,
  from_phase text not null,
  to_phase text not null,
  count ${d.integer} not null,
  sessions ${d.integer} not null,
  from_count ${d.integer} not null,
  median_gap_ms ${d.real} not null,
  primary key (project_id, from_phase, to_phase)
) ${d.keyedTable}`,
  ]
}
