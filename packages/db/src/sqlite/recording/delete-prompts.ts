import type BetterSqlite3 from 'better-sqlite3'
import type { TurnKey } from '../../turns/marks.ts'
import type { StoredSelector } from './selector.ts'

/** Prompts belong to sessions, users, agents and times, not to skills. */
export class PromptDeletion {
  readonly #sqlite: BetterSqlite3.Database

  constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite
  }

  /** @returns the deleted prompts, at most `limit` */
  delete(projectId: number, selector: StoredSelector, limit: number): TurnKey[] {
    const prompts = this.#select(projectId, selector, limit)
    const remove = this.#sqlite.prepare<[number, string, string]>(
      'delete from prompt where project_id = ? and session_id = ? and prompt_id = ?',
    )
    for (const { session_id, prompt_id } of prompts) remove.run(projectId, session_id, prompt_id)
    return prompts
  }

  #select(projectId: number, selector: StoredSelector, limit: number): TurnKey[] {
    if ('session_id' in selector)
      return this.#where('and session_id = ?', [projectId, selector.session_id, limit])
    if ('before_ms' in selector)
      return this.#where('and began_at_ms < ?', [projectId, selector.before_ms, limit])
    if ('agent_name' in selector)
      return this.#where('and agent_name = ?', [projectId, selector.agent_name, limit])
    if ('everything' in selector) return this.#where('', [projectId, limit])
    if ('user_hash' in selector) return this.#ofUser(projectId, selector.user_hash, limit)
    return []
  }

  /**
   * Prompts that carry no user, in sessions of the user, and then those that carry the user: hooks do not
   * know who the user is.
   */
  #ofUser(projectId: number, userHash: string, limit: number): TurnKey[] {
    const others = this.#where(
      `and user_hash is null and session_id in (
        select session_id from prompt where project_id = ? and user_hash = ?)`,
      [projectId, projectId, userHash, limit],
    )
    const own = this.#where('and user_hash = ?', [projectId, userHash, limit - others.length])
    return [...others, ...own]
  }

  #where(condition: string, values: readonly unknown[]): TurnKey[] {
    return this.#sqlite
      .prepare<unknown[], TurnKey>(
        `select session_id, prompt_id from prompt where project_id = ? ${condition} limit ?`,
      )
      .all(...values)
  }
}
