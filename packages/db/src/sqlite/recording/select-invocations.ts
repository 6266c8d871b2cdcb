import type BetterSqlite3 from 'better-sqlite3'
import type { StoredSelector } from './selector.ts'

/** Finds the rows of invocations that a deletion selects, by indexes. */
export class InvocationSelection {
  readonly #sqlite: BetterSqlite3.Database
  readonly #ofUser
  readonly #ofAgent

  constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite
    this.#ofUser = selectionsOfUser(sqlite)
    // Each session that is named has at least one call of the agent, so as many sessions are enough.
    this.#ofAgent = selection<{ agent_name: string }>(
      sqlite,
      `project_id = @projectId and agent_name = @agent_name and session_id in (
        select session_id from session_agent where project_id = @projectId and agent_name = @agent_name
        limit @limit)`,
    )
  }

  /** @returns at most `limit` row ids */
  find(projectId: number, selector: StoredSelector, limit: number): number[] {
    const ids = (condition: string, ...values: unknown[]) =>
      this.#sqlite
        .prepare<unknown[], number>(
          `select row_id from skill_invocation where project_id = ? ${condition} limit ?`,
        )
        .pluck()
        .all(projectId, ...values, limit)
    if ('session_id' in selector) return ids('and session_id = ?', selector.session_id)
    if ('user_hash' in selector) return this.#findOfUser(projectId, selector.user_hash, limit)
    if ('agent_name' in selector) return this.#ofAgent.all({ ...selector, projectId, limit })
    if ('before_ms' in selector) return ids('and invoked_at_ms < ?', selector.before_ms)
    if ('everything' in selector) return ids('')
    return selector.kinds
      .flatMap((kind) => ids('and kind = ? and skill_name = ?', kind, selector.skill_name))
      .slice(0, limit)
  }

  /**
   * Calls that carry the user, and calls that carry none in sessions of the user: hooks do not know who the
   * user is. The latter first, as the former show which sessions these are.
   */
  #findOfUser(projectId: number, userHash: string, limit: number): number[] {
    const ids: number[] = []
    for (const statement of this.#ofUser) {
      if (ids.length < limit) ids.push(...statement.all({ projectId, userHash, limit: limit - ids.length }))
    }
    return ids
  }
}

/** Statements that select different rows, to be asked one after the other. */
function selectionsOfUser(sqlite: BetterSqlite3.Database) {
  const sessions = (table: string) => `select session_id from ${table}
    where project_id = @projectId and user_hash = @userHash`
  const withoutUser = 'project_id = @projectId and user_hash is null'
  return [
    `${withoutUser} and session_id in (${sessions('session_user')})`,
    `${withoutUser} and session_id in (${sessions('api_request')})
      and session_id not in (${sessions('session_user')})`,
    `${withoutUser} and session_id in (${sessions('prompt')})
      and session_id not in (${sessions('session_user')})
      and session_id not in (${sessions('api_request')})`,
    `user_hash = @userHash and project_id = @projectId and session_id in (${sessions('session_user')})`,
  ].map((where) => selection<{ userHash: string }>(sqlite, where))
}

function selection<Values>(sqlite: BetterSqlite3.Database, where: string) {
  return sqlite
    .prepare<[Values & { projectId: number; limit: number }], number>(
      `select row_id from skill_invocation where ${where} limit @limit`,
    )
    .pluck()
}
