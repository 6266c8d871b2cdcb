import { setTimeout as delay } from 'node:timers/promises'
import { type Change, type InvocationRow, toInvocation, type UpsertChange } from '@skillwatch/schema'
import type { Reader } from './sqlite/open.ts'
import { first, prepared } from './sqlite/statements.ts'

/** Where a project's change log begins and ends: it holds the offsets from `oldest_offset` to `last_offset`. */
export interface StreamExtent {
  epoch: string
  last_offset: number
  oldest_offset: number
}

export function streamPosition(reader: Reader, projectId: number): StreamExtent {
  const extent = first(
    reader.sqlite,
    reader.db
      .selectFrom('stream')
      .select(['epoch', 'last_offset', 'oldest_offset'])
      .where('project_id', '=', projectId)
      .compile(),
  )
  if (extent === undefined) throw new TypeError(`there is no project ${projectId}`)
  return extent
}

// Written out: this runs every few milliseconds in each gateway, also when nothing has happened.
const SELECT_CHANGES = `select c."offset" as change_offset, c.op as change_op, t.invocation_id as deleted_id, i.*
  from skill_change c
  left join skill_invocation i on i.row_id = c.row_id
  left join skill_tombstone t on i.row_id is null and t.row_id = c.row_id
  where c.project_id = ? and c."offset" > ? order by c."offset" limit ?`

type ChangeRow = { change_offset: number; change_op: UpsertChange['op']; deleted_id: string } & (
  | InvocationRow
  | { [Column in keyof InvocationRow]: null }
)

/**
 * The changes after an offset, in order. Rows are given as they stand now, so a replay ends in the newest state; every
 * change of a row that is gone reads as `delete`.
 * @param afterOffset the last offset that was seen; 0 for all
 */
export function readChanges(
  reader: Reader,
  projectId: number,
  afterOffset: number,
  limit: number,
): Change[] {
  const rows = prepared(reader.sqlite, SELECT_CHANGES).all(projectId, afterOffset, limit) as ChangeRow[]
  return rows.map((row) =>
    row.row_id === null
      ? { offset: row.change_offset, op: 'delete', invocation_id: row.deleted_id }
      : { offset: row.change_offset, op: row.change_op, invocation: toInvocation(row) },
  )
}

/**
 * Follows the log of a project from an offset on: pages of changes, without a hole and without a repetition, until
 * the signal aborts.
 * @param fromOffset the last offset that was seen; 0 for all
 * @param pollMs pause between looks when there is nothing new
 */
export async function* changes(
  reader: Reader,
  projectId: number,
  fromOffset: number,
  { signal, pollMs = 5, pageSize = 500 }: { signal: AbortSignal; pollMs?: number; pageSize?: number },
): AsyncIterable<Change[]> {
  let offset = fromOffset
  while (!signal.aborted) {
    const page = readChanges(reader, projectId, offset, pageSize)
    if (page.length > 0) {
      offset = page.at(-1)!.offset
      yield page
    } else if (!(await pause(pollMs, signal))) return
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return await delay(ms, true, { signal }).catch((error: unknown) => {
    if (signal.aborted) return false
    throw error
  })
}
