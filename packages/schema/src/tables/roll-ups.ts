import type { Kind, Outcome, Witness } from '../words.ts'

/** Numbers of invocations by outcome. */
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

/** Roll-up per skill over all invocations. */
export interface SkillMetricsTable extends OutcomeCounts, DurationSums {
  project_id: number
  kind: Kind
  skill_name: string
  first_invoked_at_ms: number
  last_invoked_at_ms: number
}

/**
 * Roll-up per skill: how many durations fall into each bucket. `bucket` is an index into DURATION_BOUNDS_MS.
 * The counts are not cumulative.
 */
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

/**
 * Roll-up per skill and minute of `invoked_at` for the last 25 hours. The sliding windows of 1 h and 24 h
 * are sums of it.
 */
export interface SkillMetricsCacheTable extends OutcomeCounts {
  project_id: number
  minute_at_ms: number
  kind: Kind
  skill_name: string
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

/** Roll-up per witness and outcome: how many invocations the witness has seen. */
export interface WitnessOutcomeTable {
  project_id: number
  witness: Witness
  outcome: Outcome
  invocation_count: number
}

/**
 * Roll-up per session and set of witnesses: how many invocations exactly these witnesses have seen.
 * `witnesses` is a comma list in their fixed order.
 */
export interface SessionWitnessTable {
  project_id: number
  session_id: string
  kind: Kind
  outcome: Outcome
  witnesses: string
  invocation_count: number
}

/**
 * Roll-up per user and session, so that calls whose witness does not know the user are found by their
 * session.
 */
export interface SessionUserTable {
  project_id: number
  user_hash: string
  session_id: string
  invocation_count: number
}

/** Roll-up per agent and session, so that what an agent reported is found by session. */
export interface SessionAgentTable {
  project_id: number
  agent_name: string
  session_id: string
  invocation_count: number
}

/**
 * Roll-up per user and skill: what is known of what a person uses. The table is session-buddy's, which has one
 * row for each call there. Calls without a user are of no person.
 */
export interface SkillUserInteractionsTable extends OutcomeCounts {
  project_id: number
  /** The keyed hash of the user. */
  user_hash: string
  kind: Kind
  skill_name: string
}

/** Roll-up per phase of a workflow and skill; calls without a phase are in none. */
export interface SkillPhaseMetricsTable extends OutcomeCounts {
  project_id: number
  workflow_phase: string
  kind: Kind
  skill_name: string
}

/** Sums over requests to models. Costs are whole millionths of a US dollar, so that sums are exact. */
export interface UsageCounts {
  request_count: number
  input_tokens: number
  output_tokens: number
  cache_read_tokens: number
  cache_creation_tokens: number
  cost_micro_usd: number
}

/** Labels are empty where they are unknown. `cost_source` is `none` where no cost was reported. */
interface UsageLabels {
  project_id: number
  hour_at_ms: number
  agent_name: string
  model: string
  repository: string
  branch: string
  cost_source: 'reported' | 'none'
}

/** Roll-up of requests to models per hour and labels. */
export interface ApiUsageTable extends UsageLabels, UsageCounts {}

/** The same per session. */
export interface SessionUsageTable extends UsageLabels, UsageCounts {
  session_id: string
}

/** Roll-up of calls per hour and labels. Labels are empty where they are unknown. */
export interface CallUsageTable {
  project_id: number
  hour_at_ms: number
  agent_name: string
  model: string
  repository: string
  branch: string
  invocation_count: number
  failed_count: number
}

/** The same per session. */
export interface SessionCallUsageTable extends CallUsageTable {
  session_id: string
}
