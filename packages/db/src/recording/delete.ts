import { KINDS, type Kind } from '@skillwatch/schema'
import { hashOfProject } from '../projects.ts'
import { createRollUpWriter } from '../roll-ups/apply.ts'
import { addRowRemoval, emptyDeltas } from '../roll-ups/deltas.ts'
import type { Writer } from '../sqlite/open.ts'
import { createDeleteSpans } from './delete-spans.ts'
import { privateId } from './private-fields.ts'
import { createRowStore } from './row-store.ts'

/** What to delete: everything of a session, a user or a skill (of one kind or of all), or everything invoked before an instant. */
export type DeletionSelector =
  | { session_id: string }
  | { user_id: string }
  | { skill_name: string; kind?: Kind }
  | { before_ms: number }

/** What one bounded step of a deletion removed. */
export interface DeletionStep {
  invocations: number
  uncorrelated_observations: number
  api_requests: number
  /** Whether nothing of it is left. */
  isLast: boolean
  /** Offsets of its `delete` changes. */
  offsets: { first: number; last: number } | undefined
}

/**
 * Makes the function that deletes at most `limit` invocations and as many requests to models in one transaction: rows with what their witnesses stated,
 * their part of every roll-up, and for each a `delete` change (R6, R10). Counters for Prometheus keep their value and note
 * how much of it was deleted; the series of a deleted skill, which carry its name, go away.
 */
export function createDelete(writer: Writer) {
  const { sqlite } = writer
  const rows = createRowStore(writer)
  const rollUps = createRollUpWriter(writer)
  const deleteSpans = createDeleteSpans(writer)
  const deleteActivations = sqlite.prepare<[number]>('delete from uncorrelated_observation where row_id = ?')

  const step = sqlite.transaction(
    (projectId: number, asked: DeletionSelector, limit: number, nowMs: number) => {
      const selector = asStored(writer, projectId, asked)
      const deltas = emptyDeltas()
      const rowIds = select(writer, projectId, selector, limit)
      const traceIds = new Set<string>()
      let uncorrelated_observations = 0
      for (const rowId of rowIds) {
        const row = rows.read(rowId)!
        addRowRemoval(deltas, row)
        uncorrelated_observations += deleteActivations.run(rowId).changes
        for (const traceId of deleteSpans.ofInvocation(projectId, row.invocation_id)) traceIds.add(traceId)
        rows.remove(projectId, rowId)
      }
      deleteSpans.ofTracesWithoutCalls(projectId, traceIds)
      if (rowIds.length < limit) deleteSpans.selected(projectId, selector)
      rollUps.apply(projectId, deltas, nowMs)
      if (rowIds.length < limit && 'skill_name' in selector) deleteSeries(writer, projectId, selector)
      const api_requests = deleteApiRequests(writer, projectId, selector, limit)
      const last = rows.appendChanges(
        projectId,
        rowIds.map((row_id) => ({ row_id, op: 'delete' })),
      )
      const offsets = last === undefined ? undefined : { first: last - rowIds.length + 1, last }
      const isLast = rowIds.length < limit && api_requests < limit
      return { invocations: rowIds.length, uncorrelated_observations, api_requests, isLast, offsets }
    },
  )
  return (projectId: number, selector: DeletionSelector, limit: number, nowMs: number): DeletionStep =>
    step.immediate(projectId, selector, limit, nowMs)
}

/** A session whose id held a secret is stored under a hash; whoever names it by its own id means the same one. */
function asStored(writer: Writer, projectId: number, selector: DeletionSelector): DeletionSelector {
  if (!('session_id' in selector)) return selector
  return { session_id: privateId(selector.session_id, hashOfProject(writer, projectId)) }
}

function select(writer: Writer, projectId: number, selector: DeletionSelector, limit: number): number[] {
  const ids = (where: string, ...values: unknown[]) =>
    writer.sqlite
      .prepare<unknown[], number>(
        `select row_id from skill_invocation where project_id = ? and ${where} limit ?`,
      )
      .pluck()
      .all(projectId, ...values, limit)
  if ('session_id' in selector) return ids('session_id = ?', selector.session_id)
  if ('user_id' in selector) return ids('user_hash = ?', hashOfProject(writer, projectId)(selector.user_id))
  if ('before_ms' in selector) return ids('invoked_at_ms < ?', selector.before_ms)
  return kindsOf(selector)
    .flatMap((kind) => ids('kind = ? and skill_name = ?', kind, selector.skill_name))
    .slice(0, limit)
}

function deleteSeries(
  { sqlite }: Writer,
  projectId: number,
  selector: { skill_name: string; kind?: Kind },
): void {
  const where = 'project_id = ? and kind = ? and skill_name = ?'
  for (const kind of kindsOf(selector)) {
    sqlite
      .prepare(
        `delete from skill_live_bucket where series_id in (select series_id from skill_live_series where ${where})`,
      )
      .run(projectId, kind, selector.skill_name)
    sqlite.prepare(`delete from skill_live_series where ${where}`).run(projectId, kind, selector.skill_name)
  }
}

/** Requests to models belong to sessions, users and times, not to skills. @returns how many are gone, at most `limit` */
function deleteApiRequests(
  writer: Writer,
  projectId: number,
  selector: DeletionSelector,
  limit: number,
): number {
  const remove = (where: string, value: unknown) =>
    writer.sqlite
      .prepare(
        `delete from api_request where project_id = ? and request_id in (
          select request_id from api_request where project_id = ? and ${where} limit ?)`,
      )
      .run(projectId, projectId, value, limit).changes
  if ('session_id' in selector) return remove('session_id = ?', selector.session_id)
  if ('user_id' in selector)
    return remove('user_hash = ?', hashOfProject(writer, projectId)(selector.user_id))
  if ('before_ms' in selector) return remove('requested_at_ms < ?', selector.before_ms)
  return 0
}

function kindsOf({ kind }: { kind?: Kind }): readonly Kind[] {
  return kind === undefined ? KINDS : [kind]
}
