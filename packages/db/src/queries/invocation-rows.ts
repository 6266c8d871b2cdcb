import { sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { first } from '../sqlite/statements.ts'
import type { Equality, IndexPlan, InvocationsQuery } from './invocation-index.ts'

/**
 * Index rows to which one request applies the residual filters: its cost is bounded, however rare a match
 * is.
 */
export const EXAMINED_ROWS_MAX = 10_000

/** A place in the order by time; rows of one millisecond are ordered by their key. */
export type RowPosition = readonly [invokedAtMs: number, rowId: number]

/** Positions strictly between two ends; an end that is undefined is open. */
export interface PositionRange {
  after: RowPosition | undefined
  before: RowPosition | undefined
}

/**
 * The time range of the query and its cursor as one range. Keys begin at 1, so `[ms, 0]` is before all rows
 * of that millisecond.
 */
export function positionRange(query: InvocationsQuery, cursor: RowPosition | undefined): PositionRange {
  const since: RowPosition | undefined = query.since_ms === undefined ? undefined : [query.since_ms, 0]
  const until: RowPosition | undefined = query.until_ms === undefined ? undefined : [query.until_ms, 0]
  return query.order === 'asc'
    ? { after: furthest(since, cursor, 1), before: until }
    : { after: since, before: furthest(until, cursor, -1) }
}

/** Position of the last row that this request may examine; undefined when the range holds fewer rows. */
export function lastExamined(
  reader: Reader,
  plan: IndexPlan,
  order: 'asc' | 'desc',
  range: PositionRange,
): RowPosition | undefined {
  const searches = plan.searches.map((search) =>
    rowsOfSearch(reader, search, range).select(['invoked_at_ms', 'row_id']),
  )
  const query = inOrder(unionAll(searches), order)
    .limit(1)
    .offset(EXAMINED_ROWS_MAX - 1)
  const row = first(reader.sqlite, query.compile())
  return row && [row.invoked_at_ms, row.row_id]
}

/** The rows of the range that match all filters, in order, up to and with the position `last`. */
export function matchingRows(
  reader: Reader,
  plan: IndexPlan,
  query: InvocationsQuery,
  range: PositionRange,
  last: RowPosition | undefined,
) {
  const searches = plan.searches.map((search) =>
    rowsOfSearch(reader, search, range)
      .selectAll()
      .$if(last !== undefined, (rows) => rows.where(position(query.order === 'asc' ? '<=' : '>=', last!)))
      .where((eb) => eb.and(plan.residual.map(([column, value]) => residualFilter(column, value)))),
  )
  return inOrder(unionAll(searches), query.order)
}

function rowsOfSearch(reader: Reader, search: readonly Equality[], { after, before }: PositionRange) {
  return reader.db
    .selectFrom('skill_invocation')
    .where((eb) => eb.and(search.map(([column, value]) => eb(column, '=', value))))
    .$if(after !== undefined, (rows) => rows.where(position('>', after!)))
    .$if(before !== undefined, (rows) => rows.where(position('<', before!)))
}

interface UnionQuery<Self> {
  unionAll(other: Self): Self
}

/** SQLite merges the ordered parts and stops at the limit: it reads about as many rows as the page has. */
function unionAll<Query extends UnionQuery<Query>>(parts: readonly Query[]): Query {
  return parts.reduce((union, part) => union.unionAll(part))
}

interface OrderedQuery<Self> {
  orderBy(column: 'invoked_at_ms' | 'row_id', order: 'asc' | 'desc'): Self
}

function inOrder<Query extends OrderedQuery<Query>>(rows: Query, order: 'asc' | 'desc'): Query {
  return rows.orderBy('invoked_at_ms', order).orderBy('row_id', order)
}

function position(operator: '<' | '<=' | '>' | '>=', [invokedAtMs, rowId]: RowPosition) {
  return sql<boolean>`(invoked_at_ms, row_id) ${sql.raw(operator)} (${invokedAtMs}, ${rowId})`
}

/**
 * The unary plus keeps SQLite from choosing another index for this filter (sqlite.org/queryplanner, "+").
 */
function residualFilter(column: string, value: string | number) {
  return sql<boolean>`+${sql.ref(column)} = ${value}`
}

function furthest(
  a: RowPosition | undefined,
  b: RowPosition | undefined,
  sign: 1 | -1,
): RowPosition | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const difference = a[0] - b[0] || a[1] - b[1]
  return difference * sign > 0 ? a : b
}
