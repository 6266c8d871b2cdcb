import {
  type Dependency,
  type DependencyReportRow,
  type DependencyRow,
  type DependencySample,
  type DependencyUnit,
  formatInstant,
  type Kind,
  type Transition,
  type TransitionRow,
} from '@skillwatch/schema'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { CursorError, decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'

interface ListQuery {
  unit: DependencyUnit
  min_lift?: number
  q_max: number
  limit: number
  cursor?: string
}

/** What is wanted of pairs: both filters are about the same side. */
export interface DependenciesQuery extends ListQuery {
  kind?: Kind
  skill_name?: string
}

export interface TransitionsQuery extends ListQuery {
  from?: string
  from_kind?: Kind
  to?: string
  to_kind?: Kind
}

/** A page, and what it was computed from: null when nothing was computed yet. */
export interface DependencyPage<Item> extends Page<Item> {
  sample: DependencySample | null
}

type Condition = RawBuilder<unknown>

/**
 * Skills that are used together, the highest lift first. Reads the rows of a unit, which are at most 10,000.
 * @throws {CursorError}
 */
export function listDependencies(
  reader: Reader,
  projectId: number,
  query: DependenciesQuery,
): DependencyPage<Dependency> {
  const { kind, skill_name } = query
  const page = readPage<DependencyRow>(reader, projectId, 'skill_dependencies', query, [
    sql`(${sideIs('kind_a', kind, 'skill_a', skill_name)} or ${sideIs('kind_b', kind, 'skill_b', skill_name)})`,
  ])
  const sample = readSample(
    reader,
    projectId,
    query.unit,
    ({ units, units_needed }) => units >= units_needed,
  )
  return { ...page, items: page.items.map(toDependency), sample }
}

/**
 * What follows what, the highest lift first.
 * @throws {CursorError}
 */
export function listTransitions(
  reader: Reader,
  projectId: number,
  query: TransitionsQuery,
): DependencyPage<Transition> {
  const page = readPage<TransitionRow>(reader, projectId, 'skill_transition', query, [
    sideIs('from_kind', query.from_kind, 'from_skill', query.from),
    sideIs('to_kind', query.to_kind, 'to_skill', query.to),
  ])
  const sample = readSample(
    reader,
    projectId,
    query.unit,
    ({ transitions_counted, transitions_needed }) => transitions_counted >= transitions_needed,
  )
  return { ...page, items: page.items.map(toTransition), sample }
}

/** That one side of a row is of a kind and has a name; true for what is not wanted. */
function sideIs(
  kindColumn: string,
  kind: Kind | undefined,
  nameColumn: string,
  name: string | undefined,
): Condition {
  const ofKind = kind === undefined ? sql`true` : sql`${sql.ref(kindColumn)} = ${kind}`
  const named = name === undefined ? sql`true` : sql`${sql.ref(nameColumn)} = ${name}`
  return sql`(${ofKind} and ${named})`
}

function readPage<Row extends { lift_score: number; row_id: number }>(
  reader: Reader,
  projectId: number,
  table: 'skill_dependencies' | 'skill_transition',
  { unit, min_lift = 0, q_max, limit, cursor }: ListQuery,
  sides: readonly Condition[],
): Page<Row> {
  const after = cursor === undefined ? undefined : afterCursor(cursor, table)
  const conditions = [
    sql`project_id = ${projectId} and unit = ${unit} and lift_score >= ${min_lift}`,
    sql`q_value <= ${q_max}`,
    ...sides,
    ...(after === undefined ? [] : [after]),
  ]
  const statement = sql<Row>`
    select * from ${sql.table(table)} indexed by ${sql.raw(`${table}_by_lift`)}
    where ${sql.join(conditions, sql` and `)}
    order by lift_score desc, row_id desc limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  return toPage(rows, limit, ({ lift_score, row_id }) => encodeCursor(table, [String(lift_score), row_id]))
}

function afterCursor(cursor: string, table: string): Condition {
  const [text, rowId] = decodeCursor(cursor, table, ['string', 'integer'])
  const lift = Number(text)
  if (!Number.isFinite(lift)) throw new CursorError()
  return sql`(lift_score, row_id) < (${lift}, ${rowId})`
}

function readSample(
  { sqlite, db }: Reader,
  projectId: number,
  unit: DependencyUnit,
  isEnough: (row: DependencyReportRow) => boolean,
): DependencySample | null {
  const query = db
    .selectFrom('skill_dependency_report')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('unit', '=', unit)
  const row = first(sqlite, query.compile())
  if (row === undefined) return null
  const { project_id: _, computed_at_ms, since_at_ms, until_at_ms, ...counts } = row
  return {
    ...counts,
    computed_at: formatInstant(computed_at_ms),
    since: formatInstant(since_at_ms),
    until: formatInstant(until_at_ms),
    enough: isEnough(row),
  }
}

function toDependency(row: DependencyRow): Dependency {
  const { row_id: _, project_id: __, unit: ___, units: ____, last_updated_at_ms, ...dependency } = row
  return { ...dependency, last_updated_at: formatInstant(last_updated_at_ms) }
}

function toTransition(row: TransitionRow): Transition {
  const { row_id: _, project_id: __, unit: ___, last_updated_at_ms, ...transition } = row
  return { ...transition, last_updated_at: formatInstant(last_updated_at_ms) }
}
