import type { Generated, Insertable, Selectable } from 'kysely'
import type { SpanRole } from './observed-span.ts'
import type { Kind, Outcome, Trigger, Witness } from './words.ts'

/**
 * The tables as Kysely sees them. `packages/db` holds the SQL; a test compares the two.
 * Instants are epoch milliseconds (`…_at_ms`), durations milliseconds (`…_ms`), lists and maps JSON text.
 */
export interface Database {
  project: ProjectTable
  api_key: ApiKeyTable
  stream: StreamTable
  skill_invocation: SkillInvocationTable
  invocation_witness: InvocationWitnessTable
  skill_change: SkillChangeTable
  uncorrelated_observation: UncorrelatedObservationTable
  otel_span: OtelSpanTable
  skill_tombstone: SkillTombstoneTable
  skill_metrics: SkillMetricsTable
  skill_duration_bucket: SkillDurationBucketTable
  skill_time_series: SkillTimeSeriesTable
  skill_metrics_cache: SkillMetricsCacheTable
  skill_live_series: SkillLiveSeriesTable
  skill_live_bucket: SkillLiveBucketTable
  session: SessionTable
  session_skills: SessionSkillsTable
  witness_outcome: WitnessOutcomeTable
  session_witness: SessionWitnessTable
  session_user: SessionUserTable
  session_end: SessionEndTable
  agent_call: AgentCallTable
  deletion: DeletionTable
  span_cascade: SpanCascadeTable
  api_request: ApiRequestTable
  skill_migrations: SkillMigrationsTable
}

/** Tenant. `hash_key` keys the hashes of user ids and queries. */
export interface ProjectTable {
  project_id: Generated<number>
  name: string
  hash_key: Uint8Array
  created_at_ms: number
  /** Comma list of the texts that are stored; empty for none. */
  store_text: Generated<string>
}

/** API keys: the SHA-256 of the secret, never the secret. `scopes` is a comma list. */
export interface ApiKeyTable {
  api_key_id: string
  project_id: number
  name: string
  secret_hash: Uint8Array
  scopes: string
  created_at_ms: number
  revoked_at_ms: number | null
}

/** The change log's head per project (R5). */
export interface StreamTable {
  project_id: number
  epoch: string
  last_offset: number
  oldest_offset: number
}

/** One row per call. `row_id` is the key inside the database, `invocation_id` the one of the world. */
export interface SkillInvocationTable {
  row_id: Generated<number>
  project_id: number
  invocation_id: string
  kind: Kind
  skill_name: string
  session_id: string
  prompt_id: string | null
  agent_name: string | null
  user_hash: string | null
  parent_invocation_id: string | null
  trigger: Trigger
  invoked_at_ms: number
  ended_at_ms: number | null
  outcome: Outcome
  execution_ms: number | null
  elapsed_ms: number | null
  error_type: string | null
  workflow_path: string | null
  workflow_phase: string | null
  workflow_step_id: string | null
  user_query_bytes: number | null
  user_query_hash: string | null
  arguments_bytes: number | null
  arguments_hash: string | null
  result_bytes: number | null
  result_hash: string | null
  alternatives_considered: string | null
  selection_rank: number | null
  follow_up_actions: string | null
  rating: number | null
  skill_version: string | null
  attributes: string | null
  /** Comma list of witnesses in their fixed order. */
  witnesses: string
  /** The series in which Prometheus counts this call, set once, when it first ended live; null for a backfilled one. */
  live_series_id: number | null
  /** The execution time that the live histogram counted, set together with the series. */
  live_execution_ms: number | null
  /** When the first witness was received, by the server's clock. */
  received_at_ms: Generated<number>
  /**
   * Set when the row has one witness and its record says nothing else than the row: then the record has no row in
   * `invocation_witness`. A bit mask of the derivable fields that the witness reported.
   */
  sole_record: number | null
}

/** What each witness stated, merged over its own observations (R4). */
export interface InvocationWitnessTable {
  row_id: number
  witness: Witness
  /** Server's clock when this witness was first heard: stands in for an instant that nobody stated. */
  received_at_ms: number
  /** JSON of `ObservedFields`. */
  fields: string
}

/** The change log: which row changed at which offset (R5). */
export interface SkillChangeTable {
  project_id: number
  offset: number
  op: 'insert' | 'update' | 'delete'
  row_id: number
}

/**
 * Observations without the id of their call: a skill that began, a sub-agent that ended. `row_id` is the row that each
 * belongs to: that of its call, or one of its own whose `invocation_id` is the `observation_id`.
 */
export interface UncorrelatedObservationTable {
  project_id: number
  observation_id: string
  session_id: string
  witness: Witness
  received_at_ms: number
  /** JSON of `ObservedFields`. */
  fields: string
  row_id: number | null
  /** The kind of the calls that it may belong to; null for those that belong to none. */
  call_kind: Kind | null
  skill_name: string | null
  prompt_id: string | null
  began_at_ms: number | null
  ended_at_ms: number | null
  /** JSON of the call that it was correlated with and how near that is; null when it has a row of its own. */
  correlation: string | null
}

/** The last end of a session that its agent reported. */
export interface SessionEndTable {
  project_id: number
  session_id: string
  ended_at_ms: number
}

/** Which call started a sub-agent, so that calls inside it can name their parent. */
export interface AgentCallTable {
  project_id: number
  session_id: string
  agent_id: string
  invocation_id: string
  seen_at_ms: number
}

/** Deletions. One is final when the file was rewritten after it, so that no trace is left in it. */
export interface DeletionTable {
  receipt_id: string
  project_id: number
  deleted_at_ms: number
  invocations: number
  uncorrelated_observations: number
  api_requests: number
  first_offset: number | null
  last_offset: number | null
  final_by_ms: number
  final_at_ms: number | null
}

/** Spans whose inner spans are still to be correlated again. */
export interface SpanCascadeTable {
  project_id: number
  trace_id: string
  span_id: string
  /** The inner spans up to this one are done. */
  after_span_id: string
}

/**
 * Spans, each with what it states by itself. `invocation_id` is the call that it tells of, as far as the spans around it are
 * known; what the spans of one call state together is the statement of the witness `otel_span`.
 */
export interface OtelSpanTable {
  project_id: number
  /** Hex; empty for what was stated about a call without saying by which span. */
  trace_id: string
  span_id: string
  parent_span_id: string | null
  role: SpanRole
  /** The id of the call if this span should be the one that stands for it. */
  own_id: string
  tool_name: string | null
  session_id: string | null
  is_session_of_process: 0 | 1
  invocation_id: string | null
  received_at_ms: number
  /** JSON of `ObservedFields`. */
  fields: string
  /** When the span is forgotten, as its trace tells of no call; null for as long as one of its calls is recorded. */
  expires_at_ms: number | null
  /** JSON of what spans inside this one inherit through it; null when that is nothing. */
  inherited: string | null
}

/** The ids of rows that are gone, so that their changes in the log can still name them. */
export interface SkillTombstoneTable {
  row_id: number
  project_id: number
  invocation_id: string
}

/** Invocations by what became of them. */
export interface OutcomeCounts {
  invocation_count: number
  running_count: number
  completed_count: number
  failed_count: number
  rejected_count: number
  abandoned_count: number
}

/** Sums of both durations over ended calls, each with the number of calls that have one. */
export interface DurationSums {
  execution_count: number
  execution_ms_sum: number
  elapsed_count: number
  elapsed_ms_sum: number
}

/** Roll-up per skill over everything recorded. */
export interface SkillMetricsTable extends OutcomeCounts, DurationSums {
  project_id: number
  kind: Kind
  skill_name: string
  first_invoked_at_ms: number
  last_invoked_at_ms: number
}

/** Roll-up: how many durations fall into which bucket; `bucket` indexes DURATION_BOUNDS_MS. Not cumulative. */
export interface SkillDurationBucketTable {
  project_id: number
  kind: Kind
  skill_name: string
  measure: 'execution' | 'elapsed'
  bucket: number
  invocation_count: number
}

/** Roll-up per skill and hour of `invoked_at`. */
export interface SkillTimeSeriesTable extends OutcomeCounts, DurationSums {
  project_id: number
  kind: Kind
  skill_name: string
  hour_at_ms: number
}

/** Roll-up per skill and minute of `invoked_at` for the last 25 hours: the edges of the sliding windows. */
export interface SkillMetricsCacheTable extends OutcomeCounts {
  project_id: number
  minute_at_ms: number
  kind: Kind
  skill_name: string
}

/** What Prometheus counts: live invocations by labels. Never goes down; ids are handed out in order of appearance. */
export interface SkillLiveSeriesTable {
  series_id: Generated<number>
  project_id: number
  kind: Kind
  skill_name: string
  workflow_phase: string
  outcome: Outcome
  invocation_count: number
  execution_count: number
  execution_ms_sum: number
  /** The part of each counter whose rows were deleted. */
  deleted_invocation_count: Generated<number>
  deleted_execution_count: Generated<number>
  deleted_execution_ms_sum: Generated<number>
  /** 1 when the skill was deleted: the labels are gone, and the id stays for the rows that it counted. */
  retired: Generated<0 | 1>
}

/** Duration histogram of a live series; `bucket` indexes DURATION_BOUNDS_MS. Not cumulative. */
export interface SkillLiveBucketTable {
  series_id: number
  bucket: number
  invocation_count: number
  deleted_invocation_count: Generated<number>
}

/** Roll-up per session. */
export interface SessionTable extends OutcomeCounts {
  project_id: number
  session_id: string
  first_invoked_at_ms: number
  last_active_at_ms: number
}

/** Roll-up per session and skill. */
export interface SessionSkillsTable {
  project_id: number
  session_id: string
  kind: Kind
  skill_name: string
  invocation_count: number
}

/** Roll-up: how many invocations each witness has seen, by what became of them. */
export interface WitnessOutcomeTable {
  project_id: number
  witness: Witness
  outcome: Outcome
  invocation_count: number
}

/** Roll-up per user and session, so that calls whose witness does not know the user are found by their session. */
export interface SessionUserTable {
  project_id: number
  user_hash: string
  session_id: string
  invocation_count: number
}

/** Roll-up per session: how many invocations were seen by exactly these witnesses (a comma list in their fixed order). */
export interface SessionWitnessTable {
  project_id: number
  session_id: string
  kind: Kind
  outcome: Outcome
  witnesses: string
  invocation_count: number
}

/** Requests of agents to models, as they state them. */
export interface ApiRequestTable {
  project_id: number
  request_id: string
  session_id: string
  prompt_id: string | null
  user_hash: string | null
  model: string | null
  requested_at_ms: number
  duration_ms: number | null
  input_tokens: number | null
  output_tokens: number | null
  cache_read_tokens: number | null
  cache_creation_tokens: number | null
  cost_usd: number | null
}

export interface SkillMigrationsTable {
  version: number
  name: string
  checksum: string
  applied_at_ms: number
}

export type InvocationRow = Selectable<SkillInvocationTable>
export type NewInvocationRow = Insertable<SkillInvocationTable>
export type ApiKeyRow = Selectable<ApiKeyTable>
export type ProjectRow = Selectable<ProjectTable>
