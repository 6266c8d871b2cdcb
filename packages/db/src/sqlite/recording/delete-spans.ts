import type { InvocationRow } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { StoredSelector } from './selector.ts'

/**
 * Spans are deleted with their calls; spans that are only around calls with the last call of their trace.
 */
export class SpanDeletion {
  readonly #ofInvocation
  readonly #traceWithoutCalls
  readonly #ofSession
  readonly #ofUser
  readonly #ofAgent
  readonly #ofSkill
  readonly #ofTime

  constructor(sqlite: BetterSqlite3.Database) {
    this.#ofInvocation = sqlite
      .prepare<[number, string], string>(
        'delete from otel_span where project_id = ? and invocation_id = ? returning trace_id',
      )
      .pluck()
    this.#traceWithoutCalls = sqlite.prepare<[number, string]>(
      `delete from otel_span as gone where project_id = ? and trace_id = ? and not exists (
        select 1 from otel_span s join skill_invocation using (project_id, invocation_id)
        where s.project_id = gone.project_id and s.trace_id = gone.trace_id)`,
    )
    this.#ofSession = sqlite.prepare<[number, string]>(
      'delete from otel_span where project_id = ? and session_id = ?',
    )
    // Spans that wait for their session have no row that could be selected. They are few, and all of them
    // expire.
    const waiting = (condition: string) =>
      sqlite.prepare<unknown[]>(
        `delete from otel_span where +project_id = ? and expires_at_ms > 0 and ${condition}`,
      )
    this.#ofUser = waiting(`fields ->> '$.user_hash' = ?`)
    this.#ofAgent = waiting(`fields ->> '$.agent_name' = ?`)
    this.#ofSkill = waiting(`fields ->> '$.skill_name' = ? and coalesce(fields ->> '$.kind', 'skill') = ?`)
    this.#ofTime = waiting(`coalesce(fields ->> '$.invoked_at_ms', received_at_ms) < ?`)
  }

  /** Deletes the spans of calls. @returns the traces that had them */
  ofInvocations(projectId: number, rows: readonly InvocationRow[]): ReadonlySet<string> {
    const traceIds = rows.flatMap(({ invocation_id }) => this.#ofInvocation.all(projectId, invocation_id))
    return new Set(traceIds.filter((id) => id !== ''))
  }

  /** After the rows are deleted: traces without a call are deleted whole. */
  tracesWithoutCalls(projectId: number, traceIds: Iterable<string>): void {
    for (const traceId of traceIds) this.#traceWithoutCalls.run(projectId, traceId)
  }

  /** Those that belong to no call yet. */
  selected(projectId: number, selector: StoredSelector): void {
    if ('session_id' in selector) this.#ofSession.run(projectId, selector.session_id)
    if ('user_hash' in selector) this.#ofUser.run(projectId, selector.user_hash)
    if ('agent_name' in selector) this.#ofAgent.run(projectId, selector.agent_name)
    if ('before_ms' in selector) this.#ofTime.run(projectId, selector.before_ms)
    if ('skill_name' in selector) {
      for (const kind of selector.kinds) this.#ofSkill.run(projectId, selector.skill_name, kind)
    }
  }
}
