CREATE TABLE ab_test_assignments (
  assignment_id integer primary key,
  project_id integer not null,
  test_id integer not null,
  user_hash text not null,
  group_name text not null check (group_name in ('control', 'treatment')),
  assigned_at_ms integer not null,
  outcome_count integer not null default 0,
  completed_count integer not null default 0,
  duration_count integer not null default 0,
  log_duration_sum real not null default 0,
  rating_count integer not null default 0,
  rating_sum real not null default 0,
  cost_count integer not null default 0,
  cost_usd_sum real not null default 0,
  unique (test_id, user_hash)
) strict;

CREATE INDEX ab_test_assignments_by_group on ab_test_assignments (test_id, group_name);

CREATE INDEX ab_test_assignments_by_time on ab_test_assignments (project_id, assigned_at_ms);

CREATE TABLE ab_test_configs (
  test_id integer primary key autoincrement,
  project_id integer not null,
  test_name text not null,
  description text,
  control_strategy text not null,
  treatment_strategy text not null,
  start_date_ms integer not null,
  end_date_ms integer,
  min_sample_size integer not null,
  metrics text not null,
  assignment_ratio real not null check (assignment_ratio > 0 and assignment_ratio < 1),
  min_effect real not null,
  cost_cap_usd real not null,
  status text not null check (status in ('running', 'concluded', 'stopped')),
  created_at_ms integer not null,
  ended_at_ms integer,
  analysis text,
  control_users integer not null default 0,
  treatment_users integer not null default 0,
  control_users_with_outcomes integer not null default 0,
  treatment_users_with_outcomes integer not null default 0,
  unique (project_id, test_name)
) strict;

CREATE INDEX ab_test_configs_by_project on ab_test_configs (project_id, test_id);

CREATE TABLE ab_test_outcomes (
  row_id integer primary key,
  project_id integer not null,
  test_id integer not null,
  outcome_id text not null,
  user_hash text not null,
  skill_name text not null,
  completed integer not null check (completed in (0, 1)),
  duration_seconds real,
  rating real check (rating between 1 and 5),
  cost_usd real,
  recorded_at_ms integer not null,
  unique (test_id, outcome_id)
) strict;

CREATE INDEX ab_test_outcomes_by_skill on ab_test_outcomes (project_id, skill_name);

CREATE INDEX ab_test_outcomes_by_time on ab_test_outcomes (project_id, recorded_at_ms);

CREATE INDEX ab_test_outcomes_by_user on ab_test_outcomes (test_id, user_hash);

CREATE TABLE agent_call (
  project_id integer not null,
  session_id text not null,
  agent_id text not null,
  invocation_id text not null,
  seen_at_ms integer not null,
  primary key (project_id, session_id, agent_id)
) strict;

CREATE INDEX agent_call_by_time on agent_call (seen_at_ms);

CREATE TABLE api_key (
  api_key_id text primary key,
  project_id integer not null references project (project_id),
  name text not null,
  secret_hash blob not null,
  scopes text not null,
  created_at_ms integer not null,
  revoked_at_ms integer
) strict;

CREATE TABLE api_request (
  project_id integer not null,
  request_id text not null,
  session_id text not null,
  prompt_id text,
  user_hash text,
  model text,
  requested_at_ms integer not null,
  duration_ms real check (duration_ms >= 0),
  input_tokens integer check (input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  cache_read_tokens integer check (cache_read_tokens >= 0),
  cache_creation_tokens integer check (cache_creation_tokens >= 0),
  cost_usd real check (cost_usd >= 0), agent_name text, repository text, branch text, parent_invocation_id text,
  primary key (project_id, request_id)
) strict;

CREATE INDEX api_request_by_session on api_request (project_id, session_id, prompt_id);

CREATE INDEX api_request_by_time on api_request (project_id, requested_at_ms);

CREATE INDEX api_request_by_user on api_request (project_id, user_hash) where user_hash is not null;

CREATE TABLE api_usage (
  project_id integer not null,
  hour_at_ms integer not null,
  agent_name text not null,
  model text not null,
  repository text not null,
  branch text not null,
  cost_source text not null check (cost_source in ('reported', 'none')),
  request_count integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cache_read_tokens integer not null,
  cache_creation_tokens integer not null,
  cost_micro_usd integer not null,
  primary key (project_id, hour_at_ms, agent_name, model, repository, branch, cost_source)
) strict, without rowid;

CREATE TABLE call_usage (
  project_id integer not null,
  hour_at_ms integer not null,
  agent_name text not null,
  model text not null,
  repository text not null,
  branch text not null,
  invocation_count integer not null,
  failed_count integer not null,
  primary key (project_id, hour_at_ms, agent_name, model, repository, branch)
) strict, without rowid;

CREATE TABLE deletion (
  receipt_id text primary key,
  project_id integer not null,
  deleted_at_ms integer not null,
  invocations integer not null,
  uncorrelated_observations integer not null,
  api_requests integer not null,
  first_offset integer,
  last_offset integer,
  final_by_ms integer not null,
  final_at_ms integer
, experiment_assignments integer not null default 0, experiment_outcomes integer not null default 0) strict;

CREATE INDEX deletion_pending on deletion (final_by_ms) where final_at_ms is null;

CREATE TABLE invocation_witness (
  row_id integer not null references skill_invocation (row_id) on delete cascade,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import')),
  received_at_ms integer not null,
  fields text not null,
  primary key (row_id, witness)
) strict, without rowid;

CREATE TABLE otel_span (
  project_id integer not null,
  trace_id text not null,
  span_id text not null,
  parent_span_id text,
  role text not null check (role in ('call', 'mcp_call', 'composite_call', 'phase', 'context')),
  own_id text not null,
  tool_name text,
  session_id text,
  is_session_of_process integer not null check (is_session_of_process in (0, 1)),
  invocation_id text,
  received_at_ms integer not null,
  fields text not null,
  expires_at_ms integer, inherited text,
  primary key (project_id, trace_id, span_id)
) strict;

CREATE INDEX otel_span_by_expiry on otel_span (expires_at_ms) where expires_at_ms is not null;

CREATE INDEX otel_span_by_invocation on otel_span (project_id, invocation_id) where invocation_id is not null;

CREATE INDEX otel_span_by_parent
  on otel_span (project_id, trace_id, parent_span_id, span_id) where parent_span_id is not null;

CREATE INDEX otel_span_by_session on otel_span (project_id, session_id) where session_id is not null;

CREATE TABLE pending_turn (
  row_id integer primary key,
  project_id integer not null,
  session_id text not null,
  prompt_id text not null,
  invocation_id text not null,
  unique (project_id, session_id, prompt_id, invocation_id)
) strict;

CREATE TABLE place_use_day (
  project_id integer not null,
  day_at_ms integer not null,
  kind text not null,
  agent_name text not null,
  model text not null,
  repository text not null,
  branch text not null,
  cost_source text not null,
  part_count integer not null,
  use_count integer not null,
  interrupted_count integer not null,
  used_again_count integer not null,
  calls integer not null,
  failed_calls integer not null,
  rejected_calls integer not null,
  retried_calls integer not null,
  work_ms integer not null,
  request_count integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cache_read_tokens integer not null,
  cache_creation_tokens integer not null,
  cost_micro_usd integer not null,
  calls_with_nested integer not null,
  failed_calls_with_nested integer not null,
  rejected_calls_with_nested integer not null,
  retried_calls_with_nested integer not null,
  work_ms_with_nested integer not null,
  request_count_with_nested integer not null,
  input_tokens_with_nested integer not null,
  output_tokens_with_nested integer not null,
  cache_read_tokens_with_nested integer not null,
  cache_creation_tokens_with_nested integer not null,
  cost_micro_usd_with_nested integer not null,
  primary key (project_id, day_at_ms, kind, agent_name, model, repository, branch, cost_source)
) strict, without rowid;

CREATE TABLE project (
  project_id integer primary key,
  name text not null unique,
  hash_key blob not null,
  created_at_ms integer not null
, store_text text not null default '', store_places integer not null default 1 check (store_places in (0, 1))) strict;

CREATE TABLE prompt (
  project_id integer not null,
  session_id text not null,
  prompt_id text not null,
  user_hash text,
  agent_name text,
  agent_version text,
  repository text,
  branch text,
  began_at_ms integer,
  interrupted_at_ms integer,
  primary key (project_id, session_id, prompt_id)
) strict, without rowid;

CREATE INDEX prompt_by_agent on prompt (project_id, agent_name)
  where agent_name is not null;

CREATE INDEX prompt_by_time on prompt (project_id, began_at_ms);

CREATE INDEX prompt_by_user on prompt (project_id, user_hash) where user_hash is not null;

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

CREATE TABLE session_agent (
  project_id integer not null,
  agent_name text not null,
  session_id text not null,
  invocation_count integer not null,
  primary key (project_id, agent_name, session_id)
) strict, without rowid;

CREATE TABLE session_call_usage (
  project_id integer not null,
  session_id text not null,
  hour_at_ms integer not null,
  agent_name text not null,
  model text not null,
  repository text not null,
  branch text not null,
  invocation_count integer not null,
  failed_count integer not null,
  primary key (project_id, session_id, hour_at_ms, agent_name, model, repository, branch)
) strict, without rowid;

CREATE TABLE session_end (
  project_id integer not null,
  session_id text not null,
  ended_at_ms integer not null,
  primary key (project_id, session_id)
) strict, without rowid;

CREATE TABLE session_skills (
  project_id integer not null,
  session_id text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  invocation_count integer not null,
  primary key (project_id, session_id, kind, skill_name)
) strict, without rowid;

CREATE TABLE session_usage (
  project_id integer not null,
  session_id text not null,
  hour_at_ms integer not null,
  agent_name text not null,
  model text not null,
  repository text not null,
  branch text not null,
  cost_source text not null check (cost_source in ('reported', 'none')),
  request_count integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cache_read_tokens integer not null,
  cache_creation_tokens integer not null,
  cost_micro_usd integer not null,
  primary key (project_id, session_id, hour_at_ms, agent_name, model, repository, branch, cost_source)
) strict, without rowid;

CREATE INDEX session_usage_by_agent on session_usage (project_id, agent_name, session_id);

CREATE TABLE session_user (
  project_id integer not null,
  user_hash text not null,
  session_id text not null,
  invocation_count integer not null,
  primary key (project_id, user_hash, session_id)
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

CREATE TABLE skill_affinity (
  row_id integer primary key,
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  also_kind text not null check (also_kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  also_name text not null,
  affinity real not null,
  persons integer not null check (persons >= 5),
  effectiveness real not null,
  last_updated_at_ms integer not null,
  unique (project_id, kind, skill_name, also_kind, also_name)
) strict;

CREATE INDEX skill_affinity_by_also on skill_affinity (project_id, also_kind, also_name);

CREATE TABLE skill_affinity_run (
  project_id integer primary key,
  computed_at_ms integer not null,
  since_at_ms integer not null,
  until_at_ms integer not null,
  persons integer not null
) strict;

CREATE TABLE skill_anomalies (
  row_id integer primary key autoincrement,
  project_id integer not null,
  finding_id text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  metric text not null,
  subtype text not null,
  opened_at_ms integer not null,
  updated_at_ms integer not null,
  resolved_at_ms integer,
  baseline_value real not null,
  observed_value real not null,
  deviation_score real not null,
  p_value real not null,
  q_value real not null,
  baseline_samples integer not null,
  observed_samples integer not null,
  method text not null,
  explanation text not null,
  unique (project_id, finding_id)
) strict;

CREATE INDEX skill_anomalies_by_kind on skill_anomalies (project_id, kind, opened_at_ms);

CREATE INDEX skill_anomalies_by_skill on skill_anomalies (project_id, skill_name, opened_at_ms);

CREATE INDEX skill_anomalies_by_time on skill_anomalies (project_id, opened_at_ms);

CREATE INDEX skill_anomalies_open on skill_anomalies (project_id, opened_at_ms)
  where resolved_at_ms is null;

CREATE TABLE skill_anomaly_series (
  series_id integer primary key,
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  subtype text not null,
  finding_count integer not null,
  unique (project_id, kind, skill_name, subtype)
) strict;

CREATE TABLE skill_anomaly_tombstone (
  row_id integer primary key,
  project_id integer not null,
  finding_id text not null
) strict;

CREATE INDEX skill_anomaly_tombstone_by_id on skill_anomaly_tombstone (project_id, finding_id);

CREATE TABLE skill_baseline_run (
  project_id integer primary key,
  since_ms integer not null,
  until_ms integer not null,
  computed_at_ms integer not null,
  persons integer not null,
  too_few_persons integer not null,
  mostly_one_person integer not null,
  calls_without_user integer not null
) strict;

CREATE TABLE skill_categories (
  category_id integer primary key autoincrement,
  project_id integer not null,
  category_name text not null,
  parent_category_id integer,
  description text,
  domain text check (domain in ('code', 'documentation', 'testing', 'deployment')),
  created_at_ms integer not null,
  unique (project_id, category_name)
) strict;

CREATE TABLE skill_category_mapping (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  category_id integer not null,
  confidence_score real not null check (confidence_score between 0 and 1),
  assigned_by text not null check (assigned_by in ('rule', 'person')),
  rule_id text,
  assigned_at_ms integer not null,
  primary key (project_id, kind, skill_name, category_id)
) strict, without rowid;

CREATE INDEX skill_category_mapping_by_category on skill_category_mapping (project_id, category_id);

CREATE TABLE skill_change (
  project_id integer not null,
  "offset" integer not null,
  op text not null check (op in ('insert', 'update', 'delete')),
  row_id integer not null,
  entity integer not null default 0 check (entity in (0, 1, 2, 3)),
  primary key (project_id, "offset")
) strict, without rowid;

CREATE TABLE skill_cluster_membership (
  row_id integer primary key,
  project_id integer not null,
  cluster_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  membership_score real not null check (membership_score between 0 and 1),
  last_updated_at_ms integer not null,
  unique (project_id, kind, skill_name)
) strict;

CREATE INDEX skill_cluster_membership_by_cluster on skill_cluster_membership (project_id, cluster_id);

CREATE TABLE skill_clusters (
  row_id integer primary key,
  project_id integer not null,
  cluster_id integer not null,
  cluster_name text not null,
  stability real not null,
  skill_count integer not null,
  last_updated_at_ms integer not null,
  unique (project_id, cluster_id)
) strict;

CREATE TABLE skill_community_baselines (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  total_users integer not null check (total_users >= 5),
  total_invocations integer not null,
  global_completion_rate real not null,
  completion_rate_low real not null,
  completion_rate_high real not null,
  global_avg_duration_seconds real,
  most_common_workflow_phase text,
  effectiveness_percentile real,
  effectiveness_percentile_low real,
  effectiveness_percentile_high real,
  last_updated_at_ms integer not null,
  primary key (project_id, kind, skill_name)
) strict, without rowid;

CREATE TABLE skill_dependencies (
  row_id integer primary key,
  project_id integer not null,
  unit text not null check (unit in ('session', 'turn')),
  kind_a text not null check (kind_a in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_a text not null,
  kind_b text not null check (kind_b in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_b text not null,
  co_occurrence_count integer not null,
  with_a integer not null,
  with_b integer not null,
  units integer not null,
  lift_score real not null,
  p_value real not null,
  q_value real not null,
  last_updated_at_ms integer not null,
  unique (project_id, unit, kind_a, skill_a, kind_b, skill_b)
) strict;

CREATE INDEX skill_dependencies_by_a on skill_dependencies (project_id, skill_a);

CREATE INDEX skill_dependencies_by_b on skill_dependencies (project_id, skill_b);

CREATE INDEX skill_dependencies_by_lift on skill_dependencies (project_id, unit, lift_score, row_id);

CREATE TABLE skill_dependency_report (
  project_id integer not null,
  unit text not null check (unit in ('session', 'turn')),
  computed_at_ms integer not null,
  since_at_ms integer not null,
  until_at_ms integer not null,
  units integer not null,
  units_needed integer not null,
  ignored_units integer not null,
  transitions_counted integer not null,
  transitions_needed integer not null,
  left_out_dependencies integer not null,
  left_out_transitions integer not null,
  primary key (project_id, unit)
) strict, without rowid;

CREATE TABLE skill_duration_bucket (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  measure text not null check (measure in ('execution', 'elapsed')),
  bucket integer not null,
  invocation_count integer not null,
  primary key (project_id, kind, skill_name, measure, bucket)
) strict, without rowid;

CREATE TABLE skill_file (
  file_id integer primary key autoincrement,
  project_id integer not null,
  machine_hash text not null,
  kind text not null check (kind in ('skill', 'command', 'agent')),
  skill_name text not null,
  source text not null check (source in ('user', 'project', 'plugin')),
  origin text not null,
  description text,
  description_tokens integer not null,
  content_hash text not null,
  installed_at_ms integer not null,
  first_seen_at_ms integer not null,
  last_seen_at_ms integer not null,
  removed_at_ms integer,
  unique (project_id, kind, skill_name, source, origin, machine_hash)
) strict;

CREATE INDEX skill_file_by_machine on skill_file (project_id, machine_hash, source);

CREATE INDEX skill_file_removed on skill_file (project_id, removed_at_ms)
  where removed_at_ms is not null;

CREATE TABLE skill_file_version (
  project_id integer not null,
  file_id integer not null,
  first_seen_at_ms integer not null,
  changed_at_ms integer not null,
  content_hash text not null,
  primary key (project_id, file_id, first_seen_at_ms)
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
  elapsed_ms real check (elapsed_ms >= 0),
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
, prompt_id text, arguments_bytes integer, arguments_hash text, result_bytes integer, result_hash text, sole_record integer, received_at_ms integer not null default 0, agent_version text, model text, repository text, branch text) strict;

CREATE INDEX skill_invocation_by_end
  on skill_invocation (project_id, session_id, ended_at_ms) where ended_at_ms is not null;

CREATE UNIQUE INDEX skill_invocation_by_id on skill_invocation (project_id, invocation_id);

CREATE INDEX skill_invocation_by_parent on skill_invocation (project_id, parent_invocation_id)
  where prompt_id is null and parent_invocation_id is not null;

CREATE INDEX skill_invocation_by_prompt on skill_invocation (project_id, session_id, prompt_id)
  where prompt_id is not null;

CREATE INDEX skill_invocation_by_session on skill_invocation (project_id, session_id, invoked_at_ms);

CREATE INDEX skill_invocation_by_skill on skill_invocation
  (project_id, kind, skill_name, invoked_at_ms, row_id, outcome, execution_ms, elapsed_ms);

CREATE INDEX skill_invocation_by_time on skill_invocation (project_id, invoked_at_ms);

CREATE INDEX skill_invocation_correlatable
  on skill_invocation (project_id, session_id, kind, invoked_at_ms) where kind in ('skill', 'command', 'agent');

CREATE INDEX skill_invocation_running on skill_invocation (project_id, session_id) where outcome = 'running';

CREATE TABLE skill_live_bucket (
  series_id integer not null,
  bucket integer not null,
  invocation_count integer not null, deleted_invocation_count integer not null default 0,
  primary key (series_id, bucket)
) strict, without rowid;

CREATE TABLE skill_live_series (
  series_id integer primary key autoincrement,
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  workflow_phase text not null,
  outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned')),
  invocation_count integer not null,
  execution_count integer not null,
  execution_ms_sum real not null,
  deleted_invocation_count integer not null default 0,
  deleted_execution_count integer not null default 0,
  deleted_execution_ms_sum real not null default 0,
  retired integer not null default 0 check (retired in (0, 1))
) strict;

CREATE UNIQUE INDEX skill_live_series_by_labels
  on skill_live_series (project_id, kind, skill_name, workflow_phase, outcome) where retired = 0;

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
  elapsed_count integer not null,
  elapsed_ms_sum real not null,
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

CREATE INDEX skill_metrics_cache_by_skill on skill_metrics_cache (project_id, kind, skill_name, minute_at_ms);

CREATE TABLE skill_migrations (
  version integer primary key,
  name text not null,
  checksum text not null,
  applied_at_ms integer not null
) strict;

CREATE TABLE skill_modalities (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  modality_type text not null check (modality_type in ('code', 'documentation', 'testing', 'deployment')),
  input_format text,
  output_format text,
  requires_human_review integer not null check (requires_human_review in (0, 1)),
  created_at_ms integer not null,
  primary key (project_id, kind, skill_name)
) strict, without rowid;

CREATE TABLE skill_phase_metrics (
  project_id integer not null,
  workflow_phase text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  invocation_count integer not null,
  running_count integer not null,
  completed_count integer not null,
  failed_count integer not null,
  rejected_count integer not null,
  abandoned_count integer not null,
  primary key (project_id, workflow_phase, kind, skill_name)
) strict, without rowid;

CREATE TABLE skill_prediction (
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  calls integer not null,
  completed integer not null,
  verdict text not null check (
    verdict in ('better than the base rate', 'no better than the base rate', 'not enough data')),
  base_rate real not null,
  base_rate_low real,
  base_rate_high real,
  lacks text,
  judgement text,
  model text check (length(model) <= 32768),
  primary key (project_id, kind, skill_name)
) strict, without rowid;

CREATE TABLE skill_prediction_run (
  project_id integer primary key,
  since_ms integer not null,
  until_ms integer not null,
  computed_at_ms integer not null,
  time_zone text not null,
  left_out integer not null
) strict;

CREATE TABLE skill_scan (
  project_id integer not null,
  machine_hash text not null,
  source text not null check (source in ('user', 'project', 'plugin')),
  repository text not null,
  scanned_at_ms integer not null,
  primary key (project_id, machine_hash, source, repository)
) strict, without rowid;

CREATE TABLE skill_similarity (
  row_id integer primary key,
  project_id integer not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  similar_kind text not null check (similar_kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  similar_name text not null,
  score real not null,
  co_use_score real,
  text_score real not null,
  sessions_with integer not null,
  sessions_with_similar integer not null,
  sessions_with_both integer not null,
  last_updated_at_ms integer not null,
  unique (project_id, kind, skill_name, similar_kind, similar_name)
) strict;

CREATE INDEX skill_similarity_by_similar on skill_similarity (project_id, similar_kind, similar_name);

CREATE TABLE skill_similarity_run (
  project_id integer primary key,
  computed_at_ms integer not null,
  since_at_ms integer not null,
  until_at_ms integer not null,
  sessions integer not null,
  sessions_needed integer not null,
  ignored_sessions integer not null,
  skills integer not null,
  left_out_skills integer not null,
  bootstraps integer not null,
  stability real,
  stability_needed real not null,
  unstable_clusters integer not null
) strict;

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
  elapsed_count integer not null,
  elapsed_ms_sum real not null,
  primary key (project_id, kind, skill_name, hour_at_ms)
) strict, without rowid;

CREATE INDEX skill_time_series_by_hour on skill_time_series (project_id, hour_at_ms);

CREATE TABLE skill_tombstone (
  row_id integer primary key,
  project_id integer not null,
  invocation_id text not null
) strict;

CREATE TABLE skill_transition (
  row_id integer primary key,
  project_id integer not null,
  unit text not null check (unit in ('session', 'turn')),
  from_kind text not null check (from_kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  from_skill text not null,
  to_kind text not null check (to_kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  to_skill text not null,
  transition_count integer not null,
  unit_count integer not null,
  from_count integer not null,
  to_count integer not null,
  lift_score real not null,
  median_gap_ms real not null,
  p_value real not null,
  q_value real not null,
  last_updated_at_ms integer not null,
  unique (project_id, unit, from_kind, from_skill, to_kind, to_skill)
) strict;

CREATE INDEX skill_transition_by_from on skill_transition (project_id, from_skill);

CREATE INDEX skill_transition_by_lift on skill_transition (project_id, unit, lift_score, row_id);

CREATE INDEX skill_transition_by_to on skill_transition (project_id, to_skill);

CREATE TABLE skill_use (
  row_id integer primary key autoincrement,
  project_id integer not null,
  use_id text not null,
  kind text not null,
  skill_name text not null,
  session_id text not null,
  prompt_id text,
  parent_use_id text,
  "trigger" text not null,
  outcome text not null,
  began_at_ms integer not null,
  ended_at_ms integer not null,
  turn_ended integer not null check (turn_ended in (0, 1)),
  interrupted integer not null check (interrupted in (0, 1)),
  used_again integer check (used_again in (0, 1)),
  is_outermost integer not null check (is_outermost in (0, 1)),
  agent_name text,
  repository text,
  branch text,
  model text,
  calls integer not null,
  failed_calls integer not null,
  rejected_calls integer not null,
  retried_calls integer not null,
  work_ms integer not null,
  calls_with_nested integer not null,
  failed_calls_with_nested integer not null,
  rejected_calls_with_nested integer not null,
  retried_calls_with_nested integer not null,
  work_ms_with_nested integer not null,
  work text not null,
  work_with_nested text not null,
  unique (project_id, use_id)
) strict;

CREATE INDEX skill_use_by_kind on skill_use (project_id, kind, began_at_ms);

CREATE INDEX skill_use_by_session on skill_use (project_id, session_id, prompt_id);

CREATE INDEX skill_use_by_skill on skill_use (project_id, skill_name, began_at_ms);

CREATE INDEX skill_use_by_time on skill_use (project_id, began_at_ms);

CREATE TABLE skill_use_period (
  project_id integer not null,
  period_days integer not null,
  period_at_ms integer not null,
  kind text not null,
  skill_name text not null,
  agent_name text not null,
  model text not null,
  cost_source text not null,
  part_count integer not null,
  use_count integer not null,
  interrupted_count integer not null,
  used_again_count integer not null,
  calls integer not null,
  failed_calls integer not null,
  rejected_calls integer not null,
  retried_calls integer not null,
  work_ms integer not null,
  request_count integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cache_read_tokens integer not null,
  cache_creation_tokens integer not null,
  cost_micro_usd integer not null,
  calls_with_nested integer not null,
  failed_calls_with_nested integer not null,
  rejected_calls_with_nested integer not null,
  retried_calls_with_nested integer not null,
  work_ms_with_nested integer not null,
  request_count_with_nested integer not null,
  input_tokens_with_nested integer not null,
  output_tokens_with_nested integer not null,
  cache_read_tokens_with_nested integer not null,
  cache_creation_tokens_with_nested integer not null,
  cost_micro_usd_with_nested integer not null,
  primary key (project_id, period_days, period_at_ms, kind, skill_name, agent_name, model, cost_source)
) strict, without rowid;

CREATE TABLE skill_use_series (
  project_id integer not null,
  kind text not null,
  skill_name text not null,
  hour_at_ms integer not null,
  agent_name text not null,
  model text not null,
  repository text not null,
  branch text not null,
  cost_source text not null check (cost_source in ('reported', 'none')),
  part_count integer not null,
  use_count integer not null,
  interrupted_count integer not null,
  used_again_count integer not null,
  calls integer not null,
  failed_calls integer not null,
  rejected_calls integer not null,
  retried_calls integer not null,
  work_ms integer not null,
  request_count integer not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cache_read_tokens integer not null,
  cache_creation_tokens integer not null,
  cost_micro_usd integer not null,
  calls_with_nested integer not null,
  failed_calls_with_nested integer not null,
  rejected_calls_with_nested integer not null,
  retried_calls_with_nested integer not null,
  work_ms_with_nested integer not null,
  request_count_with_nested integer not null,
  input_tokens_with_nested integer not null,
  output_tokens_with_nested integer not null,
  cache_read_tokens_with_nested integer not null,
  cache_creation_tokens_with_nested integer not null,
  cost_micro_usd_with_nested integer not null,
  primary key (
    project_id, kind, skill_name, hour_at_ms, agent_name, model, repository, branch, cost_source)
) strict, without rowid;

CREATE INDEX skill_use_series_by_hour on skill_use_series (project_id, hour_at_ms);

CREATE TABLE skill_use_tombstone (
  row_id integer primary key,
  project_id integer not null,
  use_id text not null
) strict;

CREATE TABLE skill_user_interactions (
  project_id integer not null,
  user_hash text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  invocation_count integer not null,
  running_count integer not null,
  completed_count integer not null,
  failed_count integer not null,
  rejected_count integer not null,
  abandoned_count integer not null,
  primary key (project_id, user_hash, kind, skill_name)
) strict, without rowid;

CREATE TABLE span_cascade (
  project_id integer not null,
  trace_id text not null,
  span_id text not null,
  after_span_id text not null,
  primary key (project_id, trace_id, span_id)
) strict, without rowid;

CREATE TABLE stream (
  project_id integer primary key references project (project_id),
  epoch text not null,
  last_offset integer not null,
  oldest_offset integer not null
) strict;

CREATE TABLE turn (
  row_id integer primary key autoincrement,
  project_id integer not null,
  session_id text not null,
  prompt_id text not null,
  began_at_ms integer not null,
  last_active_at_ms integer not null,
  ended_by text check (ended_by in ('prompt', 'session_end', 'interruption')),
  agent_name text,
  agent_version text,
  repository text,
  branch text,
  uses integer not null,
  calls integer not null,
  failed_calls integer not null,
  rejected_calls integer not null,
  retried_calls integer not null,
  calls_by_kind text not null,
  work text not null,
  unique (project_id, session_id, prompt_id)
) strict;

CREATE INDEX turn_by_session on turn (project_id, session_id, began_at_ms, prompt_id);

CREATE INDEX turn_by_time on turn (project_id, began_at_ms);

CREATE TABLE "uncorrelated_observation" (
  project_id integer not null,
  observation_id text not null,
  session_id text not null,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import')),
  received_at_ms integer not null,
  fields text not null,
  row_id integer, call_kind text, skill_name text, prompt_id text, began_at_ms integer, ended_at_ms integer, correlation text,
  primary key (project_id, observation_id)
) strict;

CREATE INDEX uncorrelated_observation_by_row on uncorrelated_observation (row_id, observation_id);

CREATE INDEX uncorrelated_observation_by_session
  on uncorrelated_observation (project_id, session_id, call_kind, began_at_ms);

CREATE TABLE witness_outcome (
  project_id integer not null,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import')),
  outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned')),
  invocation_count integer not null,
  primary key (project_id, witness, outcome)
) strict, without rowid;

CREATE TABLE workflow_phase (
  project_id integer not null,
  workflow_phase text not null,
  sessions integer not null,
  calls integer not null,
  completed integer not null,
  failed integer not null,
  rejected integer not null,
  abandoned integer not null,
  median_ms real,
  duration_ms real not null,
  slow_ms real,
  failed_ms real not null,
  completion_rate real,
  completion_rate_low real,
  completion_rate_high real,
  p90_ms real,
  calls_by_hour text not null,
  failed_by_hour text not null,
  primary key (project_id, workflow_phase)
) strict, without rowid;

CREATE TABLE workflow_phase_skill (
  project_id integer not null,
  workflow_phase text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  calls integer not null,
  completed integer not null,
  failed integer not null,
  rejected integer not null,
  abandoned integer not null,
  median_ms real,
  duration_ms real not null,
  slow_ms real,
  failed_ms real not null,
  primary key (project_id, workflow_phase, kind, skill_name)
) strict, without rowid;

CREATE INDEX workflow_phase_skill_by_skill on workflow_phase_skill (project_id, kind, skill_name);

CREATE TABLE workflow_run (
  project_id integer primary key,
  since_ms integer not null,
  until_ms integer not null,
  computed_at_ms integer not null,
  time_zone text not null,
  sessions integer not null,
  calls integer not null,
  calls_without_phase integer not null,
  rare_phases integer not null,
  left_out_phases integer not null
) strict;

CREATE TABLE workflow_transition (
  project_id integer not null,
  from_phase text not null,
  to_phase text not null,
  count integer not null,
  sessions integer not null,
  from_count integer not null,
  median_gap_ms real not null,
  primary key (project_id, from_phase, to_phase)
) strict, without rowid;
