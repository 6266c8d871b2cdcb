import type { Generated, Selectable } from 'kysely'

/** A tenant. `hash_key` is the key of the hashes of user ids and of texts. */
export interface ProjectTable {
  project_id: Generated<number>
  name: string
  hash_key: Uint8Array
  created_at_ms: number
  /** Comma list of the texts that the project stores; empty for none. */
  store_text: Generated<string>
  /** 1 when the project stores where requests to models were made: folder and branch. */
  store_places: Generated<number>
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

export interface SkillMigrationsTable {
  version: number
  name: string
  checksum: string
  applied_at_ms: number
}

export type ApiKeyRow = Selectable<ApiKeyTable>
export type ProjectRow = Selectable<ProjectTable>

/** Deletions. One is final when the file was rewritten after it, so that no trace is left in it. */
export interface DeletionTable {
  receipt_id: string
  project_id: number
  deleted_at_ms: number
  invocations: number
  uncorrelated_observations: number
  api_requests: number
  /** Assignments to groups of experiments. */
  experiment_assignments: Generated<number>
  experiment_outcomes: Generated<number>
  first_offset: number | null
  last_offset: number | null
  final_by_ms: number
  final_at_ms: number | null
}
