import type { Kind } from '@skillwatch/schema'
import { hashOfProject } from '../../projects.ts'
import { ROLL_UPS } from '../../roll-ups/declarations.ts'
import { addInvocationChange, emptyDeltas } from '../../roll-ups/deltas.ts'
import { marksOf, type TurnAt, type TurnMark } from '../../turns/marks.ts'
import type { Writer } from '../open.ts'
import { ApiRequestDeletion, marksOfRequest } from './delete-api-requests.ts'
import { PromptDeletion } from './delete-prompts.ts'
import { SeriesDeletion } from './delete-series.ts'
import { SpanDeletion } from './delete-spans.ts'
import { type DeletionSelector, type StoredSelector, toStoredSelector } from './selector.ts'
import type { SqliteRecordingStorage } from './storage.ts'

/** What one bounded step of a deletion removed. */
export interface DeletionStep {
  readonly invocations: number
  readonly uncorrelated_observations: number
  readonly api_requests: number
  /** Whether nothing of it is left. */
  readonly isLast: boolean
  /** Offsets of its `delete` changes. */
  readonly offsets: { readonly first: number; readonly last: number } | undefined
}

/** The same, with the turns and uses that are to be derived without what was removed. */
export type MarkedDeletionStep = DeletionStep & { readonly marks: readonly TurnMark[] }

/**
 * Deletes at most `limit` invocations, requests to models and prompts, in one transaction: rows with their
 * witness records, their part of every roll-up, and for each a `delete` change (R6, R10). Counters for
 * Prometheus keep their value and note how much of it was deleted; the series of a deleted skill, which
 * carry its name, are deleted or retired.
 */
export class Deletion {
  readonly #writer: Writer
  readonly #storage: SqliteRecordingStorage
  readonly #spans: SpanDeletion
  readonly #series: SeriesDeletion
  readonly #apiRequests: ApiRequestDeletion
  readonly #prompts: PromptDeletion
  readonly #forgetAgentCalls
  readonly #forgetSessionEnd
  readonly #ofUser
  readonly #endsBefore

  constructor(writer: Writer, storage: SqliteRecordingStorage) {
    this.#writer = writer
    this.#storage = storage
    this.#spans = new SpanDeletion(writer.sqlite)
    this.#series = new SeriesDeletion(writer.sqlite)
    this.#apiRequests = new ApiRequestDeletion(writer.sqlite, storage.rollUps)
    this.#prompts = new PromptDeletion(writer.sqlite)
    this.#ofUser = selectionsOfUser(writer.sqlite)
    this.#endsBefore = writer.sqlite.prepare<[number, number]>(
      'delete from session_end where project_id = ? and ended_at_ms < ?',
    )
    const isGone = `project_id = @project_id and session_id = @session_id and not exists (
      select 1 from session s where s.project_id = @project_id and s.session_id = @session_id)`
    this.#forgetAgentCalls = writer.sqlite.prepare<SessionKey>(`delete from agent_call where ${isGone}`)
    this.#forgetSessionEnd = writer.sqlite.prepare<SessionKey, TurnAt>(
      `delete from session_end where ${isGone} returning session_id, ended_at_ms as at_ms`,
    )
  }

  step(projectId: number, asked: DeletionSelector, limit: number, nowMs: number): MarkedDeletionStep {
    const selector = toStoredSelector(asked, hashOfProject(this.#writer, projectId))
    return this.#storage.immediate(() => this.#step(projectId, selector, limit, nowMs))
  }

  #step(projectId: number, selector: StoredSelector, limit: number, nowMs: number): MarkedDeletionStep {
    const rowIds = this.#select(projectId, selector, limit)
    const removed = this.#deleteRows(projectId, rowIds, nowMs)
    const areRowsGone = rowIds.length < limit
    if (areRowsGone) {
      this.#spans.selected(projectId, selector)
      if ('skill_name' in selector) this.#deleteSeries(projectId, selector)
      if ('before_ms' in selector) this.#endsBefore.run(projectId, selector.before_ms)
    }
    const sessions = 'session_id' in selector ? [selector.session_id] : removed.sessions
    const ends = this.#forgetSessions(projectId, sessions)
    const requests = areRowsGone ? this.#apiRequests.delete(projectId, selector, limit, nowMs) : []
    const prompts = areRowsGone ? this.#prompts.delete(projectId, selector, limit) : []
    const marks = [...removed.marks, ...ends, ...requests.flatMap(marksOfRequest), ...prompts]
    this.#storage.turnMarks.add(projectId, marks)
    return {
      invocations: rowIds.length,
      uncorrelated_observations: removed.observations,
      api_requests: requests.length,
      isLast: areRowsGone && requests.length < limit && prompts.length < limit,
      offsets: removed.offsets,
      marks,
    }
  }

  #deleteRows(projectId: number, rowIds: readonly number[], nowMs: number) {
    const { invocations, observations, rollUps, changeLog } = this.#storage
    const deltas = emptyDeltas(ROLL_UPS)
    const rows = rowIds.map((rowId) => invocations.row(rowId)!)
    for (const row of rows) addInvocationChange(deltas, row, undefined)
    const count = rowIds.reduce((sum, rowId) => sum + observations.deleteOfRow(rowId), 0)
    const traceIds = this.#spans.ofInvocations(projectId, rows)
    invocations.delete(projectId, rows)
    this.#spans.tracesWithoutCalls(projectId, traceIds)
    rollUps.apply(projectId, deltas, nowMs)
    const offsets = changeLog.append(
      projectId,
      rowIds.map((row_id) => ({ entity: 'invocation', row_id, op: 'delete' })),
    )
    return {
      observations: count,
      offsets,
      sessions: new Set(rows.map((row) => row.session_id)),
      marks: rows.flatMap(marksOf),
    }
  }

  #deleteSeries(
    projectId: number,
    { skill_name, kinds }: { skill_name: string; kinds: readonly Kind[] },
  ): void {
    for (const kind of kinds) this.#series.delete(projectId, kind, skill_name)
    this.#storage.liveSeries.clear()
  }

  /** What is kept about a session goes with its last call. @returns the turns in which they ended */
  #forgetSessions(project_id: number, sessionIds: Iterable<string>): TurnAt[] {
    return [...sessionIds].flatMap((session_id) => {
      this.#forgetAgentCalls.run({ project_id, session_id })
      return this.#forgetSessionEnd.all({ project_id, session_id })
    })
  }

  #select(projectId: number, selector: StoredSelector, limit: number): number[] {
    const ids = (where: string, ...values: unknown[]) =>
      this.#writer.sqlite
        .prepare<unknown[], number>(
          `select row_id from skill_invocation where project_id = ? and ${where} limit ?`,
        )
        .pluck()
        .all(projectId, ...values, limit)
    if ('session_id' in selector) return ids('session_id = ?', selector.session_id)
    if ('user_hash' in selector) return this.#selectOfUser(projectId, selector.user_hash, limit)
    if ('before_ms' in selector) return ids('invoked_at_ms < ?', selector.before_ms)
    return selector.kinds
      .flatMap((kind) => ids('kind = ? and skill_name = ?', kind, selector.skill_name))
      .slice(0, limit)
  }

  /**
   * Calls that carry the user, and calls that carry none in sessions of the user: hooks do not know who the
   * user is. The latter first, as the former show which sessions these are.
   */
  #selectOfUser(projectId: number, userHash: string, limit: number): number[] {
    const ids: number[] = []
    for (const statement of this.#ofUser) {
      if (ids.length < limit) ids.push(...statement.all({ projectId, userHash, limit: limit - ids.length }))
    }
    return ids
  }
}

interface SessionKey {
  readonly project_id: number
  readonly session_id: string
}

/** Statements that select different rows, to be asked one after the other. */
function selectionsOfUser(sqlite: Writer['sqlite']) {
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
  ].map((where) =>
    sqlite
      .prepare<unknown[], number>(`select row_id from skill_invocation where ${where} limit @limit`)
      .pluck(),
  )
}
