import type BetterSqlite3 from 'better-sqlite3'
import type { SkillKey } from '../findings/findings.ts'

const OF_SKILL = 'project_id = @project_id and kind = @kind and skill_name = @skill_name'
const CLUSTER_OF_SKILL = `project_id = @project_id and cluster_id in (
  select cluster_id from skill_cluster_membership where ${OF_SKILL})`

/** In this order. The name of a cluster may have that of the skill, so the cluster is deleted whole. */
const STATEMENTS = [
  `delete from skill_similarity where ${OF_SKILL}`,
  `delete from skill_similarity
    where project_id = @project_id and similar_kind = @kind and similar_name = @skill_name`,
  `delete from skill_affinity where ${OF_SKILL}`,
  'delete from skill_affinity where project_id = @project_id and also_kind = @kind and also_name = @skill_name',
  `delete from skill_clusters where ${CLUSTER_OF_SKILL}`,
  `delete from skill_cluster_membership where ${CLUSTER_OF_SKILL}`,
]

/** Deletes what names a skill that is gone from similar skills, clusters and affinities (R10). */
export class SimilarityDeletion {
  readonly #statements

  constructor(sqlite: BetterSqlite3.Database) {
    this.#statements = STATEMENTS.map((sql) => sqlite.prepare<SkillKey & { project_id: number }>(sql))
  }

  ofSkills(project_id: number, skills: readonly SkillKey[]): void {
    for (const { kind, skill_name } of skills)
      for (const statement of this.#statements) statement.run({ project_id, kind, skill_name })
  }
}
