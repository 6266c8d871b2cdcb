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

/** The turn that is to be derived without the request. */
export function marksOfRequest({ session_id, prompt_id }: DeletedRequest): TurnMark[] {
  return prompt_id === null ? [] : [{ session_id, prompt_id }]
}

/** Requests to models belong to sessions, users and times, not to skills. */
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
    const rows = (where: string, value: unknown) =>
      this.#sqlite
        .prepare<unknown[], DeletedRequest>(
          `select request_id, prompt_id, ${COUNTED_REQUEST_COLUMNS.join(', ')} from api_request
            where project_id = ? and ${where} limit ?`,
        )
        .all(projectId, value, limit)
    if ('session_id' in selector) return rows('session_id = ?', selector.session_id)
    if ('user_hash' in selector) return rows('user_hash = ?', selector.user_hash)
    if ('before_ms' in selector) return rows('requested_at_ms < ?', selector.before_ms)
    return []
  }
}
