import type { Generated, Insertable, Selectable } from 'kysely'
import type { Kind, Outcome, Trigger, Witness } from '../words.ts'

/**
 * One row per call. `row_id` is the key inside the database; `invocation_id` is the id that witnesses use.
 */
export interface SkillInvocationTable {
  row_id: Generated<number>
  project_id: number
  invocation_id: string
  kind: Kind
  skill_name: string
  session_id: string
  prompt_id: string | null
  agent_name: string | null
  agent_version: string | null
  model: string | null
  repository: string | null
  branch: string | null
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
  /**
   * The series that counts this call for Prometheus, set once, when it first ended live; null after a
   * backfill.
   */
  live_series_id: number | null
  /** The execution time that the live histogram counted; set together with the series. */
  live_execution_ms: number | null
  /** When the first witness was received, by the server's clock. */
  received_at_ms: Generated<number>
  /**
   * Set when the row has one witness and its record says nothing else than the row: then the record has no
   * row in `invocation_witness`. A bit mask of the derivable fields that the witness reported.
   */
  sole_record: number | null
}

/** One witness record: what one witness reported of one invocation, merged over its observations (R4). */
export interface InvocationWitnessTable {
  row_id: number
  witness: Witness
  /**
   * Server's clock at the first observation of this witness; the start of the call if no witness reports
   * one.
   */
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
  /** The table of the row: 0 `skill_invocation`, 1 `skill_use`, 2 `turn`, 3 `skill_anomalies`. */
  entity: Generated<0 | 1 | 2 | 3>
}

/** The ids of deleted rows, so that their changes in the log can still name them. */
export interface SkillTombstoneTable {
  row_id: number
  project_id: number
  invocation_id: string
}

/** Requests of agents to models, as the agents report them. */
export interface ApiRequestTable {
  project_id: number
  request_id: string
  session_id: string
  prompt_id: string | null
  user_hash: string | null
  agent_name: string | null
  model: string | null
  repository: string | null
  branch: string | null
  parent_invocation_id: string | null
  requested_at_ms: number
  duration_ms: number | null
  input_tokens: number | null
  output_tokens: number | null
  cache_read_tokens: number | null
  cache_creation_tokens: number | null
  cost_usd: number | null
}

export type InvocationRow = Selectable<SkillInvocationTable>
export type NewInvocationRow = Insertable<SkillInvocationTable>
