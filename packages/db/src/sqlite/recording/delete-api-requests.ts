import type BetterSqlite3 from 'better-sqlite3'
import type { RollUpWriter } from '../../roll-ups/apply.ts'
import { addRowChange, emptyDeltas } from '../../roll-ups/deltas.ts'
import {
  API_REQUEST_ROLL_UPS,
  COUNTED_REQUEST_COLUMNS,
  type CountedApiRequest,
} from '../../roll-ups/usage.ts'
import type { TurnMark } from '../../turns/marks.ts'
import type { StoredSelector } from './selector.ts'

type DeletedRequest = CountedApiRequest & {
  readonly request_id: string
  readonly prompt_id: string | null
}

/** Each session that is named has at least one request of the agent, so as many sessions are enough. */
const OF_AGENT = `and session_id in (
  select distinct session_id from session_usage where project_id = ? and agent_name = ? limit ?)
  and agent_name = ?`

/** The turn that is to be derived without the request. */
export function marksOfRequest({ session_id, prompt_id }: DeletedRequest): TurnMark[] {
  return prompt_id === null ? [] : [{ session_id, prompt_id }]
}

/** Requests to models belong to sessions, users, agents and times, not to skills. */
export class ApiRequestDeletion {
  readonly #sqlite: BetterSqlite3.Database
  readonly #rollUps: RollUpWriter

  constructor(sqlite: BetterSqlite3.Database, rollUps: RollUpWriter) {
    this.#sqlite = sqlite
    this.#rollUps = rollUps
  }

  /** Deletes requests and their part of every roll-up (R6). @returns at most `limit` */
  delete(projectId: number, selector: StoredSelector, limit: number, nowMs: number): DeletedRequest[] {
    const requests = this.#select(projectId, selector, limit)
    const remove = this.#sqlite.prepare<[number, string]>(
      'delete from api_request where project_id = ? and request_id = ?',
    )
    const deltas = emptyDeltas(API_REQUEST_ROLL_UPS)
    for (const request of requests) {
      remove.run(projectId, request.request_id)
      addRowChange(deltas, request, undefined)
    }
    this.#rollUps.apply(projectId, deltas, nowMs)
    return requests
  }

  #select(projectId: number, selector: StoredSelector, limit: number): DeletedRequest[] {
    const rows = (where: string, ...values: unknown[]) =>
      this.#sqlite
        .prepare<unknown[], DeletedRequest>(
          `select request_id, prompt_id, ${COUNTED_REQUEST_COLUMNS.join(', ')} from api_request
            where project_id = ? ${where} limit ?`,
        )
        .all(projectId, ...values, limit)
    if ('session_id' in selector) return rows('and session_id = ?', selector.session_id)
    if ('user_hash' in selector) return rows('and user_hash = ?', selector.user_hash)
    if ('agent_name' in selector) {
      const { agent_name } = selector
      return rows(OF_AGENT, projectId, agent_name, limit, agent_name)
    }
    if ('before_ms' in selector) return rows('and requested_at_ms < ?', selector.before_ms)
    if ('everything' in selector) return rows('')
    return []
  }
}
