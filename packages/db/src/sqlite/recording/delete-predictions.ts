import type BetterSqlite3 from 'better-sqlite3'
import type { SkillKey } from '../findings/findings.ts'

/** Deletes what names a skill that is gone from predictions and the workflow (R10). */
export class PredictionDeletion {
  readonly #statements

  constructor(sqlite: BetterSqlite3.Database) {
    const ofSkill = 'project_id = @project_id and kind = @kind and skill_name = @skill_name'
    this.#statements = [
      `delete from skill_prediction where ${ofSkill}`,
      // A model may name the skill that was called before. A project has at most 1,000 models.
      `delete from skill_prediction where project_id = @project_id and model is not null and exists (
        select 1 from json_each(model, '$.levels')
        where value ->> 'kind' = @kind and value ->> 'name' = @skill_name)`,
      `delete from workflow_phase_skill indexed by workflow_phase_skill_by_skill where ${ofSkill}`,
    ].map((sql) => sqlite.prepare<SkillKey & { project_id: number }>(sql))
  }

  ofSkills(project_id: number, skills: readonly SkillKey[]): void {
    for (const { kind, skill_name } of skills)
      for (const statement of this.#statements) statement.run({ project_id, kind, skill_name })
  }
}
