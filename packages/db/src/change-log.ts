import { setTimeout as delay } from 'node:timers/promises'
import type { AnomalyRow, Change, FindingChange, InvocationRow, UpsertChange } from '@skillwatch/schema'
import { toFinding } from './findings/to-finding.ts'
import type { TurnRow } from './queries/turns.ts'
import { SELECT_USES, type UseRow } from './queries/uses.ts'
import type { Reader } from './sqlite/open.ts'
import { first, prepared } from './sqlite/statements.ts'
import { toInvocation } from './to-invocation.ts'

/** The extent of a project's change log: it holds the offsets from `oldest_offset` to `last_offset`. */
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

/** The rows of the calls that changed after an offset, each once. Deleted rows are among them. */
export function changedRowIds({ sqlite }: Reader, projectId: number, afterOffset: number): Set<number> {
  const select = prepared(
    sqlite,
    'select row_id from skill_change where project_id = ? and "offset" > ? and entity = 0',
  )
  return new Set(select.pluck().iterate(projectId, afterOffset) as IterableIterator<number>)
}

// Plain SQL: each gateway runs this every few milliseconds.
const SELECT_CHANGES = `select
    c."offset" as change_offset, c.op as change_op, c.entity as change_entity, c.row_id as change_row_id,
    t.invocation_id as deleted_id, i.*
  from skill_change c
  left join skill_invocation i on c.entity = 0 and i.row_id = c.row_id
  left join skill_tombstone t on c.entity = 0 and i.row_id is null and t.row_id = c.row_id
  where c.project_id = ? and c."offset" > ? order by c."offset" limit ?`

type ChangeRow = {
  change_offset: number
  change_op: UpsertChange['op']
  change_entity: 0 | 1 | 2 | 3
  change_row_id: number
  deleted_id: string
} & (InvocationRow | { [Column in keyof InvocationRow]: null })

/** One read ends after this many characters of attributes: large rows must not fill the memory. */
const ATTRIBUTES_LENGTH_MAX = 4_194_304

/**
 * The changes after an offset, in order: at most `limit`, fewer when rows are large, none only at the end of
 * the log. A row is given with its current values, so a replay ends with them; every change of a deleted row
 * reads as `delete`.
 * @param afterOffset the last offset that was read; 0 for all
 */
export function readChanges(
  reader: Reader,
  projectId: number,
  afterOffset: number,
  limit: number,
): LoggedChange[] {
  const changes: LoggedChange[] = []
  let attributesLength = 0
  for (const each of prepared(reader.sqlite, SELECT_CHANGES).iterate(projectId, afterOffset, limit)) {
    const row = each as ChangeRow
    changes.push(changeOf(reader, row))
    attributesLength += row.attributes?.length ?? 0
    if (attributesLength >= ATTRIBUTES_LENGTH_MAX) break
  }
  return changes
}

/** A change of an invocation, of a use, of a turn or of a finding. */
export type LoggedChange = Change | DerivedChange | FindingChange

/** A change of a use or a turn, as it is now; every change of one that is gone reads as `delete`. */
export type DerivedChange = { readonly offset: number } & (
  | { readonly op: UpsertChange['op']; readonly use_row: UseRow }
  | { readonly op: UpsertChange['op']; readonly turn_row: TurnRow }
  | { readonly op: 'delete'; readonly use_id: string }
  | { readonly op: 'delete'; readonly turn_id: number }
)

function changeOf(reader: Reader, row: ChangeRow): LoggedChange {
  if (row.change_entity === 0) return toChange(row)
  return row.change_entity === 3 ? findingChange(reader, row) : derivedChange(reader, row)
}

function findingChange({ sqlite }: Reader, row: ChangeRow): FindingChange {
  const { change_offset: offset, change_op: op, change_row_id: rowId } = row
  const finding = prepared(sqlite, 'select * from skill_anomalies where row_id = ?').get(rowId)
  if (finding !== undefined) return { offset, op, finding: toFinding(finding as AnomalyRow) }
  const select = prepared(sqlite, 'select finding_id from skill_anomaly_tombstone where row_id = ?')
  return { offset, op: 'delete', ...(select.get(rowId) as { finding_id: string }) }
}

function derivedChange({ sqlite }: Reader, row: ChangeRow): DerivedChange {
  const { change_offset: offset, change_op: op, change_entity: entity, change_row_id: rowId } = row
  if (entity === 1) {
    const use_row = prepared(sqlite, `${SELECT_USES} where u.row_id = ?`).get(rowId) as UseRow | undefined
    if (use_row !== undefined) return { offset, op, use_row }
    const select = prepared(sqlite, 'select use_id from skill_use_tombstone where row_id = ?')
    return { offset, op: 'delete', ...(select.get(rowId) as { use_id: string }) }
  }
  const turn_row = prepared(sqlite, 'select * from turn where row_id = ?').get(rowId) as TurnRow | undefined
  return turn_row === undefined ? { offset, op: 'delete', turn_id: rowId } : { offset, op, turn_row }
}

function toChange(row: ChangeRow): Change {
  if (row.row_id === null) return { offset: row.change_offset, op: 'delete', invocation_id: row.deleted_id }
  return { offset: row.change_offset, op: row.change_op, invocation: toInvocation(row) }
}

/**
 * Follows the log of a project from an offset on, until the signal aborts: pages that together hold every
 * change once, in order.
 * @param fromOffset the last offset that was read; 0 for all
 * @param pollMs pause before the next read after one that found no change
 */
export async function* changes(
  reader: Reader,
  projectId: number,
  fromOffset: number,
  { signal, pollMs = 5, pageSize = 500 }: { signal: AbortSignal; pollMs?: number; pageSize?: number },
): AsyncIterable<LoggedChange[]> {
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
