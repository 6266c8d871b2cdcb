import type BetterSqlite3 from 'better-sqlite3'

const DEPENDENCIES = ['skill_dependencies', 'skill_transition', 'skill_dependency_report'] as const

const SIMILARITY = [
  'skill_similarity',
  'skill_clusters',
  'skill_cluster_membership',
  'skill_similarity_run',
  'skill_affinity',
  'skill_affinity_run',
] as const

const PREDICTIONS = [
  'skill_prediction',
  'skill_prediction_run',
  'workflow_run',
  'workflow_phase',
  'workflow_phase_skill',
  'workflow_transition',
] as const

/** What may be left of a project when its invocations, requests to models and prompts are deleted. */
const TABLES = [
  'otel_span',
  'span_cascade',
  'session_end',
  'agent_call',
  ...DEPENDENCIES,
  'skill_community_baselines',
  'skill_baseline_run',
  ...SIMILARITY,
  ...PREDICTIONS,
  'skill_file_version',
  'skill_file',
  'skill_scan',
  'skill_category_mapping',
  'skill_modalities',
  'skill_categories',
] as const

/** Deletes what belongs to no row, such as spans that still wait for their call. */
export class RestDeletion {
  readonly #statements

  constructor(sqlite: BetterSqlite3.Database) {
    this.#statements = TABLES.map((table) =>
      sqlite.prepare<[number, number]>(`delete from ${table} where project_id = ? limit ?`),
    )
  }

  /** Deletes at most `limit` rows of each table. @returns whether nothing is left */
  delete(projectId: number, limit: number): boolean {
    const counts = this.#statements.map((statement) => statement.run(projectId, limit).changes)
    return counts.every((count) => count < limit)
  }
}
