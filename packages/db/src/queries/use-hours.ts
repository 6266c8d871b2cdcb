import { KINDS, type Kind, type SkillUseSeriesTable } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import { type RawBuilder, sql } from 'kysely'
import type { USE_COUNTERS } from '../roll-ups/uses.ts'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { all, allArrays } from '../sqlite/statements.ts'
import { DAY_MS, floorTo, HOUR_MS } from '../time.ts'
import { type UseTablePart, useTableParts } from './use-tables.ts'
import type { TimeRange } from './window-parts.ts'

export type UseLabel = 'kind' | 'skill_name' | 'repository' | 'branch' | 'agent_name'
export type UseCounter = (typeof USE_COUNTERS)[number]

/** Only the uses with these labels. */
interface UseFilters {
  kind?: Kind | undefined
  skill_name?: string | undefined
  repository?: string | undefined
  branch?: string | undefined
  model?: string | undefined
  agent_name?: string | undefined
}

export interface UseHoursQuery extends UseFilters {
  /** Included, with the whole hour that contains it. */
  since_ms: number
  /** Excluded, except that the hour which contains it is given whole. */
  until_ms: number
}

export interface UseHoursOptions<Counter extends UseCounter> {
  /** Labels that sums are kept apart by. */
  readonly by: readonly UseLabel[]
  readonly counters: readonly Counter[]
  /** The instants at which prices of models change, or `hour` for sums of single hours. */
  readonly splitAt: Pricing['changesAtMs'] | 'hour'
}

/**
 * Sums of uses of one hour, or of hours between which no price changes, by model and source of cost. Of the
 * other labels those that were asked for are there. An unknown label is empty.
 */
export type UseHour<Counter extends UseCounter> = Pick<
  SkillUseSeriesTable,
  'hour_at_ms' | 'model' | 'cost_source' | Counter
> &
  Partial<Pick<SkillUseSeriesTable, UseLabel>>

/** Sums of uses, read from their roll-ups. `hour_at_ms` is an hour of the sum. */
export function useHours<Counter extends UseCounter>(
  reader: Reader,
  projectId: number,
  { since_ms, until_ms, ...wanted }: UseHoursQuery,
  { by, counters, splitAt }: UseHoursOptions<Counter>,
): UseHour<Counter>[] {
  const window: TimeRange = [floorTo(since_ms, HOUR_MS), Math.ceil(until_ms / HOUR_MS) * HOUR_MS]
  const filters = Object.entries(wanted).filter(([, value]) => value !== undefined)
  const isByHour = splitAt === 'hour'
  const needs = { by, filters: filters.map(([label]) => label), isByHour }
  const labels = ['model', 'cost_source', ...by]
  const names = ['hour_at_ms', ...labels, ...counters]
  return snapshot(reader, () =>
    splitsOf(reader, projectId, window, splitAt).flatMap((range) => {
      const rows = useTableParts(range, needs).flatMap((part) =>
        rowsOf(reader, projectId, part, { filters, columns: [...labels, ...counters] }),
      )
      const keyFrom = isByHour ? 0 : 1
      const template = Object.fromEntries(names.map((name) => [name, 0])) as UseHour<Counter>
      return addedUp(rows, keyFrom, 1 + labels.length).map((row) => named(template, names, row))
    }),
  )
}

/** A window divided where the price of a model changes that was used in it. */
function splitsOf(
  reader: Reader,
  projectId: number,
  [from, to]: TimeRange,
  splitAt: Pricing['changesAtMs'] | 'hour',
): TimeRange[] {
  const isInside = (atMs: number) => atMs > from && atMs < to
  if (splitAt === 'hour' || !splitAt().some(isInside)) return [[from, to]]
  const changes = splitAt(modelsOf(reader, projectId, [from, to])).filter(isInside)
  const begins = [from, ...changes.map((atMs) => Math.ceil(atMs / HOUR_MS) * HOUR_MS)]
  return begins.map((begin, index) => [begin, begins[index + 1] ?? to])
}

function modelsOf({ sqlite, db }: Reader, projectId: number, [from, to]: TimeRange): string[] {
  const query = db
    .selectFrom('place_use_day')
    .select('model')
    .distinct()
    .where('project_id', '=', projectId)
    .where('day_at_ms', '>=', floorTo(from, DAY_MS))
    .where('day_at_ms', '<', to)
  return all(sqlite, query.compile()).map(({ model }) => model)
}

/** A row of a roll-up: its time, its labels, its counters. */
type UseRow = (string | number)[]

interface Selection {
  readonly filters: readonly (readonly [label: string, value: string | number])[]
  readonly columns: readonly string[]
}

function rowsOf(
  { sqlite, db }: Reader,
  projectId: number,
  { table, at, periodDays, range: [from, to] }: UseTablePart,
  { filters, columns }: Selection,
): UseRow[] {
  const where: RawBuilder<unknown>[] = [sql`project_id = ${projectId}`]
  if (periodDays !== undefined) where.push(sql`period_days = ${periodDays}`)
  where.push(sql`${sql.ref(at)} >= ${from}`, sql`${sql.ref(at)} < ${to}`, ...filtersOf(filters))
  const selected = sql.join([at, ...columns].map((column) => sql.ref(column)))
  const query = sql<UseRow>`select ${selected} from ${sql.table(table)} where ${sql.join(where, sql` and `)}`
  return allArrays(sqlite, query.compile(db))
}

/**
 * Hours are searched by time, or by skill and time: the plus keeps SQLite from searching them by kind alone.
 */
function filtersOf(filters: Selection['filters']): RawBuilder<unknown>[] {
  const names = filters.map(([label]) => label)
  const isByName = names.includes('skill_name')
  const conditions = filters.map(([label, value]) =>
    isByName || label !== 'kind' ? sql`${sql.ref(label)} = ${value}` : sql`+kind = ${value}`,
  )
  const kinds = sql`kind in (${sql.join(KINDS)})`
  return isByName && !names.includes('kind') ? [kinds, ...conditions] : conditions
}

/** Rows by the values of their keys, one level for each column. */
type Branch = Map<string | number, Branch | UseRow>

/**
 * One row for each key, with the sums of its rows. SQLite would sort the rows for that, which takes longer
 * than reading them.
 * @param keyFrom the first column of the key @param keyTo the first counter after it
 */
function addedUp(rows: readonly UseRow[], keyFrom: number, keyTo: number): UseRow[] {
  const root: Branch = new Map()
  const sums: UseRow[] = []
  for (const row of rows) {
    const branch = branchOf(root, row, keyFrom, keyTo - 1)
    const last = row[keyTo - 1]!
    const sum = branch.get(last) as UseRow | undefined
    if (sum === undefined) {
      branch.set(last, row)
      sums.push(row)
    } else
      for (let index = keyTo; index < row.length; index++) (sum[index] as number) += row[index] as number
  }
  return sums
}

function branchOf(root: Branch, row: UseRow, from: number, to: number): Branch {
  let branch = root
  for (let index = from; index < to; index++) {
    const value = row[index]!
    let next = branch.get(value) as Branch | undefined
    if (next === undefined) {
      next = new Map()
      branch.set(value, next)
    }
    branch = next
  }
  return branch
}

/** An object of the values of a row. To copy one is faster than to add one field after the other. */
function named<T extends object>(template: T, names: readonly string[], row: UseRow): T {
  const object = { ...template } as Record<string, string | number>
  for (let index = 0; index < names.length; index++) object[names[index]!] = row[index]!
  return object as T
}
