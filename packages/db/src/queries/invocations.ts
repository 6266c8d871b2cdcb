import type { Invocation, InvocationRow } from '@skillwatch/schema'
import type { Reader } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { toInvocation } from '../to-invocation.ts'
import { decodeCursor, encodeCursor, type Page } from './cursor.ts'
import { chooseIndex, type InvocationsQuery } from './invocation-index.ts'
import { lastExamined, matchingRows, positionRange, type RowPosition } from './invocation-rows.ts'

/**
 * Invocations by `invoked_at`. One of three indexes (session; kind and skill; time) answers the list; the
 * other filters are applied to a bounded number of its rows per request (`EXAMINED_ROWS_MAX`). A page may
 * therefore be short or empty and still have a `next_cursor`: the list has ended when `next_cursor` is null.
 * @throws {CursorError}
 */
export function listInvocations(
  reader: Reader,
  projectId: number,
  query: InvocationsQuery,
): Page<Invocation> {
  const list = `invocations:${query.order}`
  const cursor = positionOfCursor(query.cursor, list)
  const plan = chooseIndex(reader, projectId, query)
  if (plan === undefined) return { items: [], next_cursor: null }

  const range = positionRange(query, cursor)
  const last = plan.residual.length > 0 ? lastExamined(reader, plan, query.order, range) : undefined
  const rows = all(
    reader.sqlite,
    matchingRows(reader, plan, query, range, last)
      .limit(query.limit + 1)
      .compile(),
  )
  const items = rows.slice(0, query.limit)
  const end = rows.length > query.limit ? positionOf(items.at(-1)!) : last
  return { items: items.map(toInvocation), next_cursor: end === undefined ? null : encodeCursor(list, end) }
}

function positionOfCursor(cursor: string | undefined, list: string): RowPosition | undefined {
  if (cursor === undefined) return undefined
  const [invokedAtMs, rowId] = decodeCursor(cursor, list, ['integer', 'integer'])
  return [invokedAtMs as number, rowId as number]
}

function positionOf(row: { invoked_at_ms: number; row_id: number }): RowPosition {
  return [row.invoked_at_ms, row.row_id]
}

/** The row of one invocation by its id, or `undefined`. */
export function invocationRow(
  reader: Reader,
  projectId: number,
  invocationId: string,
): InvocationRow | undefined {
  return first(
    reader.sqlite,
    reader.db
      .selectFrom('skill_invocation')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('invocation_id', '=', invocationId)
      .compile(),
  )
}
