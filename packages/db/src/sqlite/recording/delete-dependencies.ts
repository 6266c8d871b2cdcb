import type BetterSqlite3 from 'better-sqlite3'
import type { SkillKey } from '../findings/findings.ts'

/** Each table, and the columns of either side of a row. */
const SIDES = [
  ['skill_dependencies', 'kind_a', 'skill_a'],
  ['skill_dependencies', 'kind_b', 'skill_b'],
  ['skill_transition', 'from_kind', 'from_skill'],
  ['skill_transition', 'to_kind', 'to_skill'],
] as const

/** Deletes what names a skill that is gone from dependencies and transitions (R10). */
export class DependencyDeletion {
  readonly #statements

  constructor(sqlite: BetterSqlite3.Database) {
    this.#statements = SIDES.map(([table, kind, skill]) =>
      sqlite.prepare<SkillKey & { project_id: number }>(
        `delete from ${table} where project_id = @project_id and ${skill} = @skill_name and +${kind} = @kind`,
      ),
    )
  }

  ofSkills(projectId: number, skills: readonly SkillKey[]): void {
    for (const { kind, skill_name } of skills)
      for (const statement of this.#statements) statement.run({ project_id: projectId, kind, skill_name })
  }
}
