import type BetterSqlite3 from 'better-sqlite3'
import type { SkillKey } from '../findings/findings.ts'
import type { StoredSelector } from './selector.ts'

/** Deletes the baselines of skills that are gone (R10). Those of a whole project are in `RestDeletion`. */
export class BaselineDeletion {
  readonly #ofGoneSkill

  constructor(sqlite: BetterSqlite3.Database) {
    this.#ofGoneSkill = sqlite.prepare<[object]>(
      `delete from skill_community_baselines
      where project_id = @project_id and kind = @kind and skill_name = @skill_name and not exists (
        select 1 from skill_invocation i
        where i.project_id = @project_id and i.kind = @kind and i.skill_name = @skill_name)`,
    )
  }

  /**
   * Deletes the baselines of skills that have no calls any more: those of deleted calls, and a selected one.
   */
  ofGoneSkills(project_id: number, deleted: readonly SkillKey[], selector: StoredSelector): void {
    const selected = 'skill_name' in selector ? selector.kinds.map((kind) => ({ ...selector, kind })) : []
    const unique = new Map(
      [...deleted, ...selected].map((skill) => [`${skill.kind}\0${skill.skill_name}`, skill]),
    )
    for (const { kind, skill_name } of unique.values())
      this.#ofGoneSkill.run({ project_id, kind, skill_name })
  }
}
