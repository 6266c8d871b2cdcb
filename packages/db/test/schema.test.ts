import { readFileSync } from 'node:fs'
import type { Database } from '@skillwatch/schema'
import { expect, test } from 'vitest'
import { dumpSchema } from '../src/sqlite/dump-schema.ts'
import { openTestDatabase } from './database.ts'

/** Every column that the Kysely types name; the compiler keeps this list complete. */
const COLUMNS: { [Table in keyof Database]: { [Column in keyof Database[Table]]: true } } = {
  project: {
    project_id: true,
    name: true,
    hash_key: true,
    created_at_ms: true,
    store_text: true,
    store_places: true,
  },
  api_key: {
    api_key_id: true,
    project_id: true,
    name: true,
    secret_hash: true,
    scopes: true,
    created_at_ms: true,
    revoked_at_ms: true,
  },
  stream: { project_id: true, epoch: true, last_offset: true, oldest_offset: true },
  skill_invocation: {
    row_id: true,
    project_id: true,
    invocation_id: true,
    kind: true,
    skill_name: true,
    session_id: true,
    prompt_id: true,
    agent_name: true,
    agent_version: true,
    model: true,
    repository: true,
    branch: true,
    user_hash: true,
    parent_invocation_id: true,
    trigger: true,
    invoked_at_ms: true,
    ended_at_ms: true,
    outcome: true,
    execution_ms: true,
    elapsed_ms: true,
    error_type: true,
    workflow_path: true,
    workflow_phase: true,
    workflow_step_id: true,
    user_query_bytes: true,
    user_query_hash: true,
    arguments_bytes: true,
    arguments_hash: true,
    result_bytes: true,
    result_hash: true,
    alternatives_considered: true,
    selection_rank: true,
    follow_up_actions: true,
    rating: true,
    skill_version: true,
    attributes: true,
    witnesses: true,
    live_series_id: true,
    live_execution_ms: true,
    received_at_ms: true,
    sole_record: true,
  },
  invocation_witness: { row_id: true, witness: true, received_at_ms: true, fields: true },
  skill_change: { project_id: true, offset: true, op: true, row_id: true, entity: true },
  otel_span: {
    project_id: true,
    trace_id: true,
    span_id: true,
    parent_span_id: true,
    role: true,
    own_id: true,
    tool_name: true,
    session_id: true,
    is_session_of_process: true,
    invocation_id: true,
    received_at_ms: true,
    fields: true,
    expires_at_ms: true,
    inherited: true,
  },
  uncorrelated_observation: {
    project_id: true,
    observation_id: true,
    session_id: true,
    witness: true,
    received_at_ms: true,
    fields: true,
    row_id: true,
    call_kind: true,
    skill_name: true,
    prompt_id: true,
    began_at_ms: true,
    ended_at_ms: true,
    correlation: true,
  },
  session_end: { project_id: true, session_id: true, ended_at_ms: true },
  session_agent: { project_id: true, agent_name: true, session_id: true, invocation_count: true },
  session_user: { project_id: true, user_hash: true, session_id: true, invocation_count: true },
  agent_call: { project_id: true, session_id: true, agent_id: true, invocation_id: true, seen_at_ms: true },
  deletion: {
    receipt_id: true,
    project_id: true,
    deleted_at_ms: true,
    invocations: true,
    uncorrelated_observations: true,
    api_requests: true,
    first_offset: true,
    last_offset: true,
    final_by_ms: true,
    final_at_ms: true,
  },
  span_cascade: { project_id: true, trace_id: true, span_id: true, after_span_id: true },
  skill_tombstone: { row_id: true, project_id: true, invocation_id: true },
  skill_metrics: {
    project_id: true,
    kind: true,
    skill_name: true,
    ...counts(),
    ...durations(),
    first_invoked_at_ms: true,
    last_invoked_at_ms: true,
  },
  skill_duration_bucket: {
    project_id: true,
    kind: true,
    skill_name: true,
    measure: true,
    bucket: true,
    invocation_count: true,
  },
  skill_time_series: {
    project_id: true,
    kind: true,
    skill_name: true,
    hour_at_ms: true,
    ...counts(),
    ...durations(),
  },
  skill_metrics_cache: { project_id: true, minute_at_ms: true, kind: true, skill_name: true, ...counts() },
  skill_live_series: {
    series_id: true,
    project_id: true,
    kind: true,
    skill_name: true,
    workflow_phase: true,
    outcome: true,
    invocation_count: true,
    execution_count: true,
    execution_ms_sum: true,
    deleted_invocation_count: true,
    deleted_execution_count: true,
    deleted_execution_ms_sum: true,
    retired: true,
  },
  skill_live_bucket: {
    series_id: true,
    bucket: true,
    invocation_count: true,
    deleted_invocation_count: true,
  },
  session: {
    project_id: true,
    session_id: true,
    ...counts(),
    first_invoked_at_ms: true,
    last_active_at_ms: true,
  },
  session_skills: {
    project_id: true,
    session_id: true,
    kind: true,
    skill_name: true,
    invocation_count: true,
  },
  witness_outcome: { project_id: true, witness: true, outcome: true, invocation_count: true },
  session_witness: {
    project_id: true,
    session_id: true,
    kind: true,
    outcome: true,
    witnesses: true,
    invocation_count: true,
  },
  api_request: {
    project_id: true,
    request_id: true,
    session_id: true,
    prompt_id: true,
    user_hash: true,
    agent_name: true,
    model: true,
    repository: true,
    branch: true,
    parent_invocation_id: true,
    requested_at_ms: true,
    duration_ms: true,
    input_tokens: true,
    output_tokens: true,
    cache_read_tokens: true,
    cache_creation_tokens: true,
    cost_usd: true,
  },
  api_usage: usage(),
  session_usage: { ...usage(), session_id: true },
  call_usage: callUsage(),
  session_call_usage: { ...callUsage(), session_id: true },
  prompt: {
    project_id: true,
    session_id: true,
    prompt_id: true,
    user_hash: true,
    agent_name: true,
    agent_version: true,
    repository: true,
    branch: true,
    began_at_ms: true,
    interrupted_at_ms: true,
  },
  turn: {
    row_id: true,
    project_id: true,
    session_id: true,
    prompt_id: true,
    began_at_ms: true,
    last_active_at_ms: true,
    ended_by: true,
    agent_name: true,
    agent_version: true,
    repository: true,
    branch: true,
    uses: true,
    ...callCounts(),
    calls_by_kind: true,
    work: true,
  },
  skill_use: {
    row_id: true,
    project_id: true,
    use_id: true,
    kind: true,
    skill_name: true,
    session_id: true,
    prompt_id: true,
    parent_use_id: true,
    trigger: true,
    outcome: true,
    began_at_ms: true,
    ended_at_ms: true,
    turn_ended: true,
    interrupted: true,
    used_again: true,
    is_outermost: true,
    agent_name: true,
    repository: true,
    branch: true,
    model: true,
    ...useSums(),
    work: true,
    work_with_nested: true,
  },
  skill_use_series: { ...hourLabels(), kind: true, skill_name: true, cost_source: true, ...useCounters() },
  skill_use_period: {
    ...useCounters(),
    project_id: true,
    period_days: true,
    period_at_ms: true,
    kind: true,
    skill_name: true,
    agent_name: true,
    model: true,
    cost_source: true,
  },
  place_use_day: {
    ...useCounters(),
    project_id: true,
    day_at_ms: true,
    kind: true,
    agent_name: true,
    model: true,
    repository: true,
    branch: true,
    cost_source: true,
  },
  skill_use_tombstone: { row_id: true, project_id: true, use_id: true },
  skill_anomalies: {
    row_id: true,
    project_id: true,
    finding_id: true,
    kind: true,
    skill_name: true,
    metric: true,
    subtype: true,
    opened_at_ms: true,
    updated_at_ms: true,
    resolved_at_ms: true,
    baseline_value: true,
    observed_value: true,
    deviation_score: true,
    p_value: true,
    q_value: true,
    baseline_samples: true,
    observed_samples: true,
    method: true,
    explanation: true,
  },
  skill_anomaly_tombstone: { row_id: true, project_id: true, finding_id: true },
  skill_anomaly_series: {
    series_id: true,
    project_id: true,
    kind: true,
    skill_name: true,
    subtype: true,
    finding_count: true,
  },
  skill_dependency_report: {
    project_id: true,
    unit: true,
    computed_at_ms: true,
    since_at_ms: true,
    until_at_ms: true,
    units: true,
    units_needed: true,
    ignored_units: true,
    transitions_counted: true,
    transitions_needed: true,
    left_out_dependencies: true,
    left_out_transitions: true,
  },
  skill_dependencies: {
    row_id: true,
    project_id: true,
    unit: true,
    kind_a: true,
    skill_a: true,
    kind_b: true,
    skill_b: true,
    co_occurrence_count: true,
    with_a: true,
    with_b: true,
    units: true,
    lift_score: true,
    p_value: true,
    q_value: true,
    last_updated_at_ms: true,
  },
  skill_transition: {
    row_id: true,
    project_id: true,
    unit: true,
    from_kind: true,
    from_skill: true,
    to_kind: true,
    to_skill: true,
    transition_count: true,
    unit_count: true,
    from_count: true,
    to_count: true,
    lift_score: true,
    median_gap_ms: true,
    p_value: true,
    q_value: true,
    last_updated_at_ms: true,
  },
  skill_community_baselines: {
    project_id: true,
    kind: true,
    skill_name: true,
    total_users: true,
    total_invocations: true,
    global_completion_rate: true,
    completion_rate_low: true,
    completion_rate_high: true,
    global_avg_duration_seconds: true,
    most_common_workflow_phase: true,
    effectiveness_percentile: true,
    effectiveness_percentile_low: true,
    effectiveness_percentile_high: true,
    last_updated_at_ms: true,
  },
  skill_baseline_run: {
    project_id: true,
    since_ms: true,
    until_ms: true,
    computed_at_ms: true,
    persons: true,
    too_few_persons: true,
    mostly_one_person: true,
    calls_without_user: true,
  },
  pending_turn: { row_id: true, project_id: true, session_id: true, prompt_id: true, invocation_id: true },
  skill_file: {
    file_id: true,
    project_id: true,
    machine_hash: true,
    kind: true,
    skill_name: true,
    source: true,
    origin: true,
    description: true,
    description_tokens: true,
    content_hash: true,
    installed_at_ms: true,
    first_seen_at_ms: true,
    last_seen_at_ms: true,
    removed_at_ms: true,
  },
  skill_file_version: {
    project_id: true,
    file_id: true,
    first_seen_at_ms: true,
    changed_at_ms: true,
    content_hash: true,
  },
  skill_scan: {
    project_id: true,
    machine_hash: true,
    source: true,
    repository: true,
    scanned_at_ms: true,
  },
  skill_categories: {
    category_id: true,
    project_id: true,
    category_name: true,
    parent_category_id: true,
    description: true,
    domain: true,
    created_at_ms: true,
  },
  skill_category_mapping: {
    project_id: true,
    kind: true,
    skill_name: true,
    category_id: true,
    confidence_score: true,
    assigned_by: true,
    rule_id: true,
    assigned_at_ms: true,
  },
  skill_modalities: {
    project_id: true,
    kind: true,
    skill_name: true,
    modality_type: true,
    input_format: true,
    output_format: true,
    requires_human_review: true,
    created_at_ms: true,
  },
  skill_migrations: { version: true, name: true, checksum: true, applied_at_ms: true },
}

function useCounters() {
  return {
    ...usageCounts(),
    request_count_with_nested: true,
    input_tokens_with_nested: true,
    output_tokens_with_nested: true,
    cache_read_tokens_with_nested: true,
    cache_creation_tokens_with_nested: true,
    cost_micro_usd_with_nested: true,
    ...useSums(),
    part_count: true,
    use_count: true,
    interrupted_count: true,
    used_again_count: true,
  } as const
}

function hourLabels() {
  return {
    project_id: true,
    hour_at_ms: true,
    agent_name: true,
    model: true,
    repository: true,
    branch: true,
  } as const
}

function usage() {
  return {
    ...hourLabels(),
    cost_source: true,
    ...usageCounts(),
  } as const
}

function callUsage() {
  return {
    ...hourLabels(),
    invocation_count: true,
    failed_count: true,
  } as const
}

function usageCounts() {
  return {
    request_count: true,
    input_tokens: true,
    output_tokens: true,
    cache_read_tokens: true,
    cache_creation_tokens: true,
    cost_micro_usd: true,
  } as const
}

function callCounts() {
  return { calls: true, failed_calls: true, rejected_calls: true, retried_calls: true } as const
}

function useSums() {
  return {
    ...callCounts(),
    work_ms: true,
    calls_with_nested: true,
    failed_calls_with_nested: true,
    rejected_calls_with_nested: true,
    retried_calls_with_nested: true,
    work_ms_with_nested: true,
  } as const
}

function counts() {
  return {
    invocation_count: true,
    running_count: true,
    completed_count: true,
    failed_count: true,
    rejected_count: true,
    abandoned_count: true,
  } as const
}

function durations() {
  return {
    execution_count: true,
    execution_ms_sum: true,
    elapsed_count: true,
    elapsed_ms_sum: true,
  } as const
}

test('the checked-in schema.sql is what the migrations make (npm run build writes it)', () => {
  using database = openTestDatabase()
  expect(dumpSchema(database.writer)).toBe(readFileSync(new URL('../schema.sql', import.meta.url), 'utf8'))
})

test('the Kysely types name the same tables and columns as the database', () => {
  using database = openTestDatabase()
  const { sqlite } = database.writer
  const tables = sqlite
    .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`)
    .pluck()
    .all() as string[]
  const columns = Object.fromEntries(
    tables.map((table) => [
      table,
      sqlite.prepare('select name from pragma_table_info(?)').pluck().all(table),
    ]),
  )
  const named = Object.fromEntries(Object.entries(COLUMNS).map(([table, of]) => [table, Object.keys(of)]))
  expect(sortLists(columns)).toEqual(sortLists(named))
})

test('every table is strict', () => {
  using database = openTestDatabase()
  const loose = database.writer.sqlite
    .prepare(
      `select name from pragma_table_list
      where schema = 'main' and type = 'table' and name not like 'sqlite_%' and strict = 0`,
    )
    .pluck()
    .all()
  expect(loose).toEqual([])
})

function sortLists(lists: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, (list as string[]).toSorted()]))
}
