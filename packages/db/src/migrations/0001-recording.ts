import type { Migration, SqlDialect } from './dialect.ts'

const kind = `kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool'))`
const outcome = `outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned'))`
const witness = `witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import'))`

const outcomeCounts = (d: SqlDialect) => `invocation_count ${d.integer} not null,
  running_count ${d.integer} not null,
  completed_count ${d.integer} not null,
  failed_count ${d.integer} not null,
  rejected_count ${d.integer} not null,
  abandoned_count ${d.integer} not null`

const durationSums = (d: SqlDialect) => `execution_count ${d.integer} not null,
  execution_ms_sum ${d.real} not null,
  span_count ${d.integer} not null,
  span_ms_sum ${d.real} not null`

/** The recording side: projects and keys, invocations and their witnesses, the change log, the roll-ups. */
export const recording: Migration = {
  version: 1,
  name: 'recording',
  up: (d) => [
    `create table project (
  project_id ${d.autoKey},
  name text not null unique,
  hash_key ${d.blob} not null,
  created_at_ms ${d.integer} not null
) ${d.table}`,

    `create table api_key (
  api_key_id text primary key,
  project_id ${d.integer} not null references project (project_id),
  name text not null,
  secret_hash ${d.blob} not null,
  scopes text not null,
  created_at_ms ${d.integer} not null,
  revoked_at_ms ${d.integer}
) ${d.table}`,

    `create table stream (
  project_id ${d.integer} primary key references project (project_id),
  epoch text not null,
  last_offset ${d.integer} not null,
  oldest_offset ${d.integer} not null
) ${d.table}`,

    `create table skill_invocation (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  invocation_id text not null,
  ${kind},
  skill_name text not null,
  session_id text not null,
  agent_name text,
  user_hash text,
  parent_invocation_id text,
  "trigger" text not null check ("trigger" in ('user', 'agent', 'nested', 'preload', 'unknown')),
  invoked_at_ms ${d.integer} not null,
  ended_at_ms ${d.integer},
  ${outcome},
  execution_ms ${d.real} check (execution_ms >= 0),
  span_ms ${d.real} check (span_ms >= 0),
  error_type text,
  workflow_path text,
  workflow_phase text,
  workflow_step_id text,
  user_query_bytes ${d.integer},
  user_query_hash text,
  alternatives_considered text,
  selection_rank ${d.integer},
  follow_up_actions text,
  rating ${d.real} check (rating between 1 and 5),
  skill_version text,
  attributes text,
  witnesses text not null,
  live_series_id ${d.integer},
  live_execution_ms ${d.real}
) ${d.table}`,
    'create unique index skill_invocation_by_id on skill_invocation (project_id, invocation_id)',
    'create index skill_invocation_by_time on skill_invocation (project_id, invoked_at_ms)',
    'create index skill_invocation_by_skill on skill_invocation (project_id, kind, skill_name, invoked_at_ms)',
    'create index skill_invocation_by_session on skill_invocation (project_id, session_id, invoked_at_ms)',

    `create table invocation_witness (
  row_id ${d.integer} not null references skill_invocation (row_id) on delete cascade,
  ${witness},
  received_at_ms ${d.integer} not null,
  fields text not null,
  primary key (row_id, witness)
) ${d.keyedTable}`,

    `create table skill_change (
  project_id ${d.integer} not null,
  "offset" ${d.integer} not null,
  op text not null check (op in ('insert', 'update')),
  row_id ${d.integer} not null,
  primary key (project_id, "offset")
) ${d.keyedTable}`,

    `create table skill_metrics (
  project_id ${d.integer} not null,
  ${kind},
  skill_name text not null,
  ${outcomeCounts(d)},
  ${durationSums(d)},
  first_invoked_at_ms ${d.integer} not null,
  last_invoked_at_ms ${d.integer} not null,
  primary key (project_id, kind, skill_name)
) ${d.keyedTable}`,

    `create table skill_duration_bucket (
  project_id ${d.integer} not null,
  ${kind},
  skill_name text not null,
  measure text not null check (measure in ('execution', 'span')),
  bucket ${d.integer} not null,
  invocation_count ${d.integer} not null,
  primary key (project_id, kind, skill_name, measure, bucket)
) ${d.keyedTable}`,

    `create table skill_time_series (
  project_id ${d.integer} not null,
  ${kind},
  skill_name text not null,
  hour_at_ms ${d.integer} not null,
  ${outcomeCounts(d)},
  ${durationSums(d)},
  primary key (project_id, kind, skill_name, hour_at_ms)
) ${d.keyedTable}`,
    'create index skill_time_series_by_hour on skill_time_series (project_id, hour_at_ms)',

    `create table skill_metrics_cache (
  project_id ${d.integer} not null,
  minute_at_ms ${d.integer} not null,
  ${kind},
  skill_name text not null,
  ${outcomeCounts(d)},
  primary key (project_id, minute_at_ms, kind, skill_name)
) ${d.keyedTable}`,
    'create index skill_metrics_cache_by_skill on skill_metrics_cache (project_id, kind, skill_name, minute_at_ms)',

    `create table skill_live_series (
  series_id ${d.autoKey},
  project_id ${d.integer} not null,
  ${kind},
  skill_name text not null,
  workflow_phase text not null,
  ${outcome},
  invocation_count ${d.integer} not null,
  execution_count ${d.integer} not null,
  execution_ms_sum ${d.real} not null,
  unique (project_id, kind, skill_name, workflow_phase, outcome)
) ${d.table}`,

    `create table skill_live_bucket (
  series_id ${d.integer} not null,
  bucket ${d.integer} not null,
  invocation_count ${d.integer} not null,
  primary key (series_id, bucket)
) ${d.keyedTable}`,

    `create table session (
  project_id ${d.integer} not null,
  session_id text not null,
  ${outcomeCounts(d)},
  first_invoked_at_ms ${d.integer} not null,
  last_active_at_ms ${d.integer} not null,
  primary key (project_id, session_id)
) ${d.keyedTable}`,
    'create index session_by_activity on session (project_id, last_active_at_ms, session_id)',

    `create table session_skills (
  project_id ${d.integer} not null,
  session_id text not null,
  ${kind},
  skill_name text not null,
  invocation_count ${d.integer} not null,
  primary key (project_id, session_id, kind, skill_name)
) ${d.keyedTable}`,

    `create table witness_outcome (
  project_id ${d.integer} not null,
  ${witness},
  ${outcome},
  invocation_count ${d.integer} not null,
  primary key (project_id, witness, outcome)
) ${d.keyedTable}`,
  ],
  down: () =>
    [
      'witness_outcome',
      'session_skills',
      'session',
      'skill_live_bucket',
      'skill_live_series',
      'skill_metrics_cache',
      'skill_time_series',
      'skill_duration_bucket',
      'skill_metrics',
      'skill_change',
      'invocation_witness',
      'skill_invocation',
      'stream',
      'api_key',
      'project',
    ].map((table) => `drop table ${table}`),
}
