import { sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { first } from '../sqlite/statements.ts'
import type { IndexPlan, InvocationsQuery } from './invocation-index.ts'

/** Rows along the index that one request tries its other filters on: what it costs, however rare a match is. */
export const EXAMINED_ROWS_MAX = 10_000

/** A place in the order of time; rows of one millisecond are ordered by their key. */
export type Position = readonly [invokedAtMs: number, rowId: number]

/** Positions strictly between two ends; an end that is undefined is open. */
export interface PositionRange {
  after: Position | undefined
  before: Position | undefined
}

/** The asked time and the cursor as one range. Keys begin at 1, so `[ms, 0]` lies before all rows of that millisecond. */
export function positionRange(query: InvocationsQuery, cursor: Position | undefined): PositionRange {
  const since: Position | undefined = query.since_ms === undefined ? undefined : [query.since_ms, 0]
  const until: Position | undefined = query.until_ms === undefined ? undefined : [query.until_ms, 0]
  return query.order === 'asc'
    ? { after: outermost(since, cursor, 1), before: until }
    : { after: since, before: outermost(until, cursor, -1) }
}

/** Position of the last row that this request may look at; undefined when the range ends before. */
export function lastExamined(
  reader: Reader,
  plan: IndexPlan,
  order: 'asc' | 'desc',
  range: PositionRange,
): Position | undefined {
  const row = first(
    reader.sqlite,
    inOrder(indexRows(reader, plan, range).select(['invoked_at_ms', 'row_id']), order)
      .limit(1)
      .offset(EXAMINED_ROWS_MAX - 1)
      .compile(),
  )
  return row && [row.invoked_at_ms, row.row_id]
}

/** The rows of the range that pass every filter, in order, up to and with the position `last`. */
export function matchingRows(
  reader: Reader,
  plan: IndexPlan,
  query: InvocationsQuery,
  range: PositionRange,
  last: Position | undefined,
) {
  const rows = indexRows(reader, plan, range)
    .selectAll()
    .$if(last !== undefined, (bounded) =>
      bounded.where(position(query.order === 'asc' ? '<=' : '>=', last!)),
    )
    .where((eb) => eb.and((plan.residual ?? []).map(([column, value]) => residual(column, value))))
  return inOrder(rows, query.order)
}

function indexRows(reader: Reader, plan: IndexPlan, { after, before }: PositionRange) {
  return reader.db
    .selectFrom('skill_invocation')
    .where((eb) => eb.and(plan.index.map(([column, value]) => eb(column, '=', value))))
    .$if(after !== undefined, (rows) => rows.where(position('>', after!)))
    .$if(before !== undefined, (rows) => rows.where(position('<', before!)))
}

function inOrder<Rows extends { orderBy(column: 'invoked_at_ms' | 'row_id', order: 'asc' | 'desc'): Rows }>(
  rows: Rows,
  order: 'asc' | 'desc',
): Rows {
  return rows.orderBy('invoked_at_ms', order).orderBy('row_id', order)
}

function position(operator: '<' | '<=' | '>' | '>=', [invokedAtMs, rowId]: Position) {
  return sql<boolean>`(invoked_at_ms, row_id) ${sql.raw(operator)} (${invokedAtMs}, ${rowId})`
}

/** The unary plus keeps SQLite from choosing another index for this filter (sqlite.org/queryplanner, "+"). */
function residual(column: string, value: string | number) {
  return sql<boolean>`+${sql.ref(column)} = ${value}`
}

function outermost(a: Position | undefined, b: Position | undefined, sign: 1 | -1): Position | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const difference = a[0] - b[0] || a[1] - b[1]
  return difference * sign > 0 ? a : b
}
