-- The schema of the baseline, frozen: the tables and indexes of commit 31611d6 that recording a call reads
-- or writes. It must never follow our own schema. A test holds its checksum.

CREATE TABLE invocation_witness (
  row_id integer not null references skill_invocation (row_id) on delete cascade,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript',
    'import')),
  received_at_ms integer not null,
  fields text not null,
  primary key (row_id, witness)
) strict, without rowid;

CREATE TABLE project (
  project_id integer primary key,
  name text not null unique,
  hash_key blob not null,
  created_at_ms integer not null
, store_text text not null default '') strict;

CREATE TABLE session (
  project_id integer not null,
  session_id text not null,
  invocation_count integer not null,
  running_count integer not null,
  completed_count integer not null,
  failed_count integer not null,
  rejected_count integer not null,
  abandoned_count integer not null,
  first_invoked_at_ms integer not null,
  last_active_at_ms integer not null,
  primary key (project_id, session_id)
) strict, without rowid;

CREATE INDEX session_by_activity on session (project_id, last_active_at_ms, session_id);

CREATE TABLE session_skills (
  project_id integer not null,
  session_id text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  invocation_count integer not null,
  primary key (project_id, session_id, kind, skill_name)
) strict, without rowid;

CREATE TABLE session_witness (
  project_id integer not null,
  session_id text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned')),
  witnesses text not null,
  invocation_count integer not null,
  primary key (project_id, session_id, kind, outcome, witnesses)
) strict, without rowid;

CREATE TABLE skill_activation (
  project_id integer not null,
  activation_id text not null,
  session_id text not null,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript',
    'import')),
  received_at_ms integer not null,
  fields text not null,
  row_id integer,
  primary key (project_id, activation_id)
) strict;

CREATE INDEX skill_activation_by_row on skill_activation (row_id, activation_id);

CREATE INDEX skill_activation_by_session on skill_activation (project_id, session_id, activation_id);

CREATE TABLE skill_change (
  project_id integer not null,
  "offset" integer not null,
  op text not null check (op in ('insert', 'update', 'delete')),
  row_id integer not null,
  primary key (project_id, "offset")
) strict, without rowid;

CREATE TABLE skill_duration_bucket (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  measure text not null check (measure in ('execution', 'span')),
  bucket integer not null,
  invocation_count integer not null,
  primary key (project_id, kind, skill_name, measure, bucket)
) strict, without rowid;

CREATE TABLE skill_invocation (
  row_id integer primary key,
  project_id integer not null,
  invocation_id text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  session_id text not null,
  agent_name text,
  user_hash text,
  parent_invocation_id text,
  "trigger" text not null check ("trigger" in ('user', 'agent', 'nested', 'preload', 'unknown')),
  invoked_at_ms integer not null,
  ended_at_ms integer,
  outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned')),
  execution_ms real check (execution_ms >= 0),
  span_ms real check (span_ms >= 0),
  error_type text,
  workflow_path text,
  workflow_phase text,
  workflow_step_id text,
  user_query_bytes integer,
  user_query_hash text,
  alternatives_considered text,
  selection_rank integer,
  follow_up_actions text,
  rating real check (rating between 1 and 5),
  skill_version text,
  attributes text,
  witnesses text not null,
  live_series_id integer,
  live_execution_ms real
, prompt_id text, arguments_bytes integer, arguments_hash text, result_bytes integer, result_hash text)
  strict;

CREATE UNIQUE INDEX skill_invocation_by_id on skill_invocation (project_id, invocation_id);

CREATE INDEX skill_invocation_by_session on skill_invocation (project_id, session_id, invoked_at_ms);

CREATE INDEX skill_invocation_by_skill on skill_invocation (project_id, kind, skill_name,
  invoked_at_ms);

CREATE INDEX skill_invocation_by_time on skill_invocation (project_id, invoked_at_ms);

CREATE INDEX skill_invocation_by_user on skill_invocation (project_id, user_hash) where user_hash is not
  null;

CREATE INDEX skill_invocation_joinable_calls on skill_invocation (project_id, session_id) where kind in
  ('skill', 'command', 'agent');

CREATE TABLE skill_live_bucket (
  series_id integer not null,
  bucket integer not null,
  invocation_count integer not null, deleted_invocation_count integer not null default 0,
  primary key (series_id, bucket)
) strict, without rowid;

CREATE TABLE skill_live_series (
  series_id integer primary key,
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  workflow_phase text not null,
  outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned')),
  invocation_count integer not null,
  execution_count integer not null,
  execution_ms_sum real not null, deleted_invocation_count integer not null default 0,
    deleted_execution_count integer not null default 0, deleted_execution_ms_sum real not null default
    0,
  unique (project_id, kind, skill_name, workflow_phase, outcome)
) strict;

CREATE TABLE skill_metrics (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  invocation_count integer not null,
  running_count integer not null,
  completed_count integer not null,
  failed_count integer not null,
  rejected_count integer not null,
  abandoned_count integer not null,
  execution_count integer not null,
  execution_ms_sum real not null,
  span_count integer not null,
  span_ms_sum real not null,
  first_invoked_at_ms integer not null,
  last_invoked_at_ms integer not null,
  primary key (project_id, kind, skill_name)
) strict, without rowid;

CREATE TABLE skill_metrics_cache (
  project_id integer not null,
  minute_at_ms integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  invocation_count integer not null,
  running_count integer not null,
  completed_count integer not null,
  failed_count integer not null,
  rejected_count integer not null,
  abandoned_count integer not null,
  primary key (project_id, minute_at_ms, kind, skill_name)
) strict, without rowid;

CREATE INDEX skill_metrics_cache_by_skill on skill_metrics_cache (project_id, kind, skill_name,
  minute_at_ms);

CREATE TABLE skill_time_series (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  hour_at_ms integer not null,
  invocation_count integer not null,
  running_count integer not null,
  completed_count integer not null,
  failed_count integer not null,
  rejected_count integer not null,
  abandoned_count integer not null,
  execution_count integer not null,
  execution_ms_sum real not null,
  span_count integer not null,
  span_ms_sum real not null,
  primary key (project_id, kind, skill_name, hour_at_ms)
) strict, without rowid;

CREATE INDEX skill_time_series_by_hour on skill_time_series (project_id, hour_at_ms);

CREATE TABLE skill_tombstone (
  row_id integer primary key,
  project_id integer not null,
  invocation_id text not null
) strict;

CREATE TABLE stream (
  project_id integer primary key references project (project_id),
  epoch text not null,
  last_offset integer not null,
  oldest_offset integer not null
) strict;

CREATE TABLE witness_outcome (
  project_id integer not null,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript',
    'import')),
  outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned')),
  invocation_count integer not null,
  primary key (project_id, witness, outcome)
) strict, without rowid;
