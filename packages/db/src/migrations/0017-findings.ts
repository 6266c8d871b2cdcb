import type { Migration, SqlDialect } from './dialect.ts'

const KIND = `kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool'))`

/** Findings, their place in the change log, and their counter for Prometheus. */
export const findings: Migration = {
  version: 17,
  name: 'findings',
  up: (d) => [
    createAnomalies(d),
    // Open ones are few: one for each skill and metric.
    `create index skill_anomalies_open on skill_anomalies (project_id, opened_at_ms)
  where resolved_at_ms is null`,
    'create index skill_anomalies_by_time on skill_anomalies (project_id, opened_at_ms)',
    'create index skill_anomalies_by_kind on skill_anomalies (project_id, kind, opened_at_ms)',
    'create index skill_anomalies_by_skill on skill_anomalies (project_id, skill_name, opened_at_ms)',
    `create table skill_anomaly_tombstone (
  row_id ${d.integer} primary key,
  project_id ${d.integer} not null,
  finding_id text not null
) ${d.table}`,
    'create index skill_anomaly_tombstone_by_id on skill_anomaly_tombstone (project_id, finding_id)',
    `create table skill_anomaly_series (
  series_id ${d.autoKey},
  project_id ${d.integer} not null,
  ${KIND},
  skill_name text not null,
  subtype text not null,
  finding_count ${d.integer} not null,
  unique (project_id, kind, skill_name, subtype)
) ${d.table}`,
    ...rebuildChanges([createChanges(d, `${entity(d, '0, 1, 2, 3')},\n  `)]),
  ],
  down: (d) => [
    // The log must stay dense, so each change of a finding becomes one of a turn that never was.
    'update skill_change set entity = 2, row_id = -row_id where entity = 3',
    // Column by column as the migrations before made it, so that the schema is theirs to the letter.
    ...rebuildChanges([createChanges(d), `alter table skill_change add column ${entity(d, '0, 1, 2')}`]),
    'drop table skill_anomaly_series',
    'drop table skill_anomaly_tombstone',
    'drop table skill_anomalies',
  ],
}

/** Its name is session-buddy's, and so are those of the columns that mean the same. */
function createAnomalies(d: SqlDialect): string {
  return `create table skill_anomalies (
  row_id ${d.neverReusedKey},
  project_id ${d.integer} not null,
  finding_id text not null,
  ${KIND},
  skill_name text not null,
  metric text not null,
  subtype text not null,
  opened_at_ms ${d.integer} not null,
  updated_at_ms ${d.integer} not null,
  resolved_at_ms ${d.integer},
  baseline_value ${d.real} not null,
  observed_value ${d.real} not null,
  deviation_score ${d.real} not null,
  p_value ${d.real} not null,
  q_value ${d.real} not null,
  baseline_samples ${d.integer} not null,
  observed_samples ${d.integer} not null,
  method text not null,
  explanation text not null,
  unique (project_id, finding_id)
) ${d.table}`
}

/** Short, as it is in every change: 0 invocation, 1 use, 2 turn, 3 finding. */
const entity = (d: SqlDialect, entities: string) =>
  `entity ${d.integer} not null default 0 check (entity in (${entities}))`

function createChanges(d: SqlDialect, lastColumn = ''): string {
  return `create table skill_change (
  project_id ${d.integer} not null,
  "offset" ${d.integer} not null,
  op text not null check (op in ('insert', 'update', 'delete')),
  row_id ${d.integer} not null,
  ${lastColumn}primary key (project_id, "offset")
) ${d.keyedTable}`
}

/** Makes the change log again with its rows; a check cannot be changed in place. */
function rebuildChanges(statements: readonly string[]): string[] {
  return [
    'alter table skill_change rename to skill_change_before',
    ...statements,
    `insert into skill_change (project_id, "offset", op, row_id, entity)
  select project_id, "offset", op, row_id, entity from skill_change_before`,
    'drop table skill_change_before',
  ]
}
