import type { Kind } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { SkillKey } from '../findings/findings.ts'
import { SkillFileStatements } from '../skill-files/skill-files.ts'
import { TaxonomyStatements } from '../taxonomy/taxonomy.ts'
import type { StoredSelector } from './selector.ts'

/**
 * Deletes what is known of skills beside their calls (R10): files with their versions, categories and
 * modalities. Files go only when the skill itself is deleted: they are of no session and no person.
 */
export class SkillFactsDeletion {
  readonly #files
  readonly #taxonomy
  readonly #hasCalls

  constructor(sqlite: BetterSqlite3.Database, hasCalls: (projectId: number, skill: SkillKey) => boolean) {
    this.#files = new SkillFileStatements(sqlite)
    this.#taxonomy = new TaxonomyStatements(sqlite)
    this.#hasCalls = hasCalls
  }

  /** Those of a selected skill, and the categories of skills that have neither calls nor files any more. */
  selected(projectId: number, deleted: readonly SkillKey[], selector: StoredSelector): void {
    if ('skill_name' in selector)
      for (const kind of selector.kinds) this.#delete(projectId, kind, selector.skill_name)
    for (const { kind, skill_name } of deleted)
      if (
        !this.#hasCalls(projectId, { kind, skill_name }) &&
        this.#files.fileOf(projectId, kind, skill_name) === undefined
      )
        this.#taxonomy.deleteSkill(projectId, kind, skill_name)
  }

  /** After the deletion of a project it begins like a new one. */
  seedAgain(projectId: number, nowMs: number): void {
    this.#taxonomy.seed(projectId, nowMs)
  }

  #delete(projectId: number, kind: Kind, skillName: string): void {
    this.#files.deleteSkill(projectId, kind, skillName)
    this.#taxonomy.deleteSkill(projectId, kind, skillName)
  }
}
