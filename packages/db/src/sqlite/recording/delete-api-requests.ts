import type BetterSqlite3 from 'better-sqlite3'
import type { StoredSelector } from './selector.ts'

/** Requests to models belong to sessions, users and times, not to skills. */
export class ApiRequestDeletion {
  readonly #sqlite: BetterSqlite3.Database

  constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite
  }

  /** @returns how many were deleted, at most `limit` */
  delete(projectId: number, selector: StoredSelector, limit: number): number {
    if ('session_id' in selector)
      return this.#remove(projectId, 'session_id = ?', selector.session_id, limit)
    if ('user_hash' in selector) return this.#remove(projectId, 'user_hash = ?', selector.user_hash, limit)
    if ('before_ms' in selector)
      return this.#remove(projectId, 'requested_at_ms < ?', selector.before_ms, limit)
    return 0
  }

  #remove(projectId: number, where: string, value: unknown, limit: number): number {
    return this.#sqlite
      .prepare(
        `delete from api_request where project_id = ? and request_id in (
          select request_id from api_request where project_id = ? and ${where} limit ?)`,
      )
      .run(projectId, projectId, value, limit).changes
  }
}
