import type BetterSqlite3 from 'better-sqlite3'
import type { SkillKey } from '../findings/findings.ts'

/** Each table, the index of either side of a row, and the columns of that side. */
const SIDES = [
  ['skill_dependencies', 'skill_dependencies_by_a', 'kind_a', 'skill_a'],
  ['skill_dependencies', 'skill_dependencies_by_b', 'kind_b', 'skill_b'],
  ['skill_transition', 'skill_transition_by_from', 'from_kind', 'from_skill'],
  ['skill_transition', 'skill_transition_by_to', 'to_kind', 'to_skill'],
] as const

/** Deletes what names a skill that is gone from dependencies and transitions (R10). */
export class DependencyDeletion {
  readonly #statements

  constructor(sqlite: BetterSqlite3.Database) {
    // SQLite would prefer the index of the unique key, of which only the project is known.
    this.#statements = SIDES.map(([table, index, kind, skill]) =>
      sqlite.prepare<SkillKey & { project_id: number }>(
        `delete from ${table} indexed by ${index}
        where project_id = @project_id and ${skill} = @skill_name and ${kind} = @kind`,
      ),
    )
  }

  ofSkills(projectId: number, skills: readonly SkillKey[]): void {
    for (const { kind, skill_name } of skills)
      for (const statement of this.#statements) statement.run({ project_id: projectId, kind, skill_name })
  }
}
