import type BetterSqlite3 from 'better-sqlite3'
import { manyRows, type RunRows } from '../sqlite/many-rows.ts'
import { ALL_ROLL_UPS } from './all.ts'
import { oldestMinute } from './declarations.ts'
import type { Delta } from './deltas.ts'
import type { Extreme, RollUpTable } from './roll-up.ts'

/** The prepared statements that keep the roll-ups; used inside the transaction of the rows (R6). */
export interface RollUpWriter {
  apply(projectId: number, deltas: ReadonlyMap<RollUpTable, ReadonlyMap<string, Delta>>, nowMs: number): void
  /** Adds one correction, and reads its extremes from the rows. Returns whether the row was changed. */
  repair(rollUp: RollUpTable, projectId: number, delta: Delta): void
  /** Deletes minute rows that no window needs any more. */
  prune(projectIds: readonly number[], nowMs: number): void
}

export function createRollUpWriter(sqlite: BetterSqlite3.Database): RollUpWriter {
  const writers = new Map<RollUpTable, Writer>(
    ALL_ROLL_UPS.map((rollUp) => [rollUp, writerOf(sqlite, rollUp)]),
  )
  const prune = sqlite.prepare('delete from skill_metrics_cache where project_id = ? and minute_at_ms < ?')
  return {
    apply(projectId, deltas, nowMs) {
      for (const [rollUp, all] of deltas) {
        const { write } = writers.get(rollUp)!
        const oldest = rollUp.keptMs === undefined ? undefined : oldestMinute(nowMs)
        const isKept = ({ key }: Delta) => oldest === undefined || (key[0] as number) >= oldest
        write(projectId, [...all.values()].filter(isKept))
      }
    },
    repair(rollUp, projectId, delta) {
      const { write, readExtremes } = writers.get(rollUp)!
      write(projectId, [delta])
      readExtremes(keyValues(rollUp, projectId, delta))
    },
    prune(projectIds, nowMs) {
      for (const projectId of projectIds) prune.run(projectId, oldestMinute(nowMs))
    },
  }
}

interface Writer {
  write(projectId: number, deltas: readonly Delta[]): void
  readExtremes(key: readonly unknown[]): void
}

function writerOf(sqlite: BetterSqlite3.Database, rollUp: RollUpTable): Writer {
  const { table, extremes, onlyGrows } = rollUp
  const keyMatches = keyColumns(rollUp)
    .map((column) => `${column} = ?`)
    .join(' and ')
  const addRows = table === 'skill_live_series' ? updateOf(sqlite, rollUp) : upsertOf(sqlite, rollUp)
  const deleteEmpty = sqlite.prepare<unknown[]>(
    `delete from ${table} where ${keyMatches} and ${rollUp.counters[0]} = 0`,
  )
  const stored = sqlite
    .prepare<unknown[]>(
      `select ${extremes.map(({ column }) => column).join(', ') || 'null'} from ${table} where ${keyMatches}`,
    )
    .raw()
  const rereads = extremes.map((extreme) => sqlite.prepare<unknown[]>(rereadOf(rollUp, extreme)))

  function reread(keyed: readonly unknown[], { lost }: Delta): void {
    const values = stored.get(keyed) as number[] | undefined
    values?.forEach((value, index) => {
      if (value === lost[index])
        rereads[index]!.run([...extremes[index]!.from.flatMap(() => keyed), ...keyed])
    })
  }

  return {
    write(projectId, deltas) {
      const changed = deltas.filter((delta) => !isNothing(delta))
      const keyOf = (delta: Delta) => keyValues(rollUp, projectId, delta)
      addRows(
        changed.map((delta) => [
          ...keyOf(delta),
          ...delta.sums,
          ...delta.deleted,
          ...delta.reached.map(finite),
        ]),
      )
      if (onlyGrows) return
      for (const delta of changed) {
        if (delta.sums[0]! < 0) deleteEmpty.run(keyOf(delta))
        if (delta.lost.some(Number.isFinite)) reread(keyOf(delta), delta)
      }
    },
    readExtremes(keyed) {
      for (const [index, each] of rereads.entries()) {
        each.run([...extremes[index]!.from.flatMap(() => keyed), ...keyed])
      }
    },
  }
}

/** Adds deltas to rows and makes those that are missing. */
function upsertOf(sqlite: BetterSqlite3.Database, rollUp: RollUpTable): RunRows {
  const { table, extremes } = rollUp
  const key = keyColumns(rollUp)
  const sums = sumColumns(rollUp)
  const columns = [...key, ...sums, ...extremes.map(({ column }) => column)]
  const sets = [
    ...sums.map((column) => `${column} = ${added(column, `excluded.${column}`)}`),
    ...extremes.map(({ column, of }) => `${column} = ${of}(${column}, excluded.${column})`),
  ]
  return manyRows(
    sqlite,
    columns.length,
    (rows) => `insert into ${table} (${columns.join(', ')}) values ${rows}
      on conflict (${key.join(', ')}) do update set ${sets.join(', ')}`,
  )
}

/** The rows of live series are made when their labels are first needed. */
function updateOf(sqlite: BetterSqlite3.Database, rollUp: RollUpTable): RunRows {
  const { table } = rollUp
  const key = keyColumns(rollUp)
  const sums = sumColumns(rollUp)
  const sets = sums.map(
    (column, index) => `${column} = ${added(column, `delta.column${key.length + index + 1}`)}`,
  )
  const matches = key.map((column, index) => `${table}.${column} = delta.column${index + 1}`)
  return manyRows(
    sqlite,
    key.length + sums.length,
    (rows) => `update ${table} set ${sets.join(', ')} from (values ${rows}) as delta
      where ${matches.join(' and ')}`,
  )
}

/** What deltas are added to: the counters, and beside those that only grow what was deleted. */
function sumColumns({ counters, onlyGrows }: RollUpTable): readonly string[] {
  return onlyGrows ? [...counters, ...counters.map((counter) => `deleted_${counter}`)] : counters
}

/** Each extreme of one column is found by an index. */
function rereadOf(rollUp: RollUpTable, { column, of, from }: Extreme): string {
  const matches = keyColumns(rollUp)
    .map((each) => `${each} = ?`)
    .join(' and ')
  const candidates = from.map(
    (source) => `select ${of}(${source}) as value from ${rollUp.source} where ${matches}`,
  )
  return `update ${rollUp.table}
    set ${column} = (select ${of}(value) from (${candidates.join(' union all ')}))
    where ${matches}`
}

/**
 * Sums of durations are rounded to the microsecond at each step. As every addend is a whole number of
 * microseconds, the sum is exact, whatever the order of additions and subtractions.
 */
function added(column: string, addend: string): string {
  return column.endsWith('_ms_sum') ? `round(${column} + ${addend}, 3)` : `${column} + ${addend}`
}

export function keyColumns({ key, isKeyedByProject }: RollUpTable): readonly string[] {
  return isKeyedByProject ? ['project_id', ...key] : key
}

function keyValues(
  { isKeyedByProject }: RollUpTable,
  projectId: number,
  { key }: Delta,
): readonly (string | number)[] {
  return isKeyedByProject ? [projectId, ...key] : key
}

function isNothing({ sums, deleted, reached, lost }: Delta): boolean {
  const isZero = (value: number) => value === 0
  return (
    sums.every(isZero) &&
    deleted.every(isZero) &&
    !reached.some(Number.isFinite) &&
    !lost.some(Number.isFinite)
  )
}

/** A row that only loses has no extreme to add; the integers stand in for infinity in SQL. */
function finite(value: number): number {
  if (Number.isFinite(value)) return value
  return value > 0 ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER
}
