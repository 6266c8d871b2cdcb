import type BetterSqlite3 from 'better-sqlite3'
import type { RowCounts } from './row-counts.ts'

/** A table with rows of projects that a report replaces. */
export interface ProjectTableColumns<Row> {
  readonly table: string
  /** The key after `project_id`; empty where a project has one row. */
  readonly key: readonly (keyof Row & string)[]
  readonly values: readonly (keyof Row & string)[]
}

/** The rows of a project in a table that reports replace; rows with equal values are left alone. */
export class ProjectRows<Row extends object> {
  readonly #columns: ProjectTableColumns<Row>
  readonly #all
  readonly #put
  readonly #delete

  /** @param stamp a further column, with the time at which a row was written */
  constructor(sqlite: BetterSqlite3.Database, columns: ProjectTableColumns<Row>, stamp?: string) {
    const { table, key, values } = columns
    const all = ['project_id', ...key, ...values, ...(stamp === undefined ? [] : [stamp])]
    const parameters = all.map((column) => (column === stamp ? '@now_ms' : `@${column}`))
    this.#columns = columns
    this.#all = sqlite.prepare<[number], Row>(`select * from ${table} where project_id = ?`)
    this.#put = sqlite.prepare<[object]>(
      `insert or replace into ${table} (${all.join(', ')}) values (${parameters.join(', ')})`,
    )
    const isRow = ['project_id', ...key].map((column) => `${column} = @${column}`).join(' and ')
    this.#delete = sqlite.prepare<[object]>(`delete from ${table} where ${isRow}`)
  }

  replace(project_id: number, rows: readonly Row[], now_ms: number): RowCounts {
    const { key, values } = this.#columns
    const keyOf = (row: Row) => key.map((column) => row[column]).join('\0')
    const known = new Map(this.#all.all(project_id).map((row) => [keyOf(row), row]))
    const counts = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 }
    for (const row of rows) {
      const before = known.get(keyOf(row))
      known.delete(keyOf(row))
      if (before !== undefined && values.every((column) => before[column] === row[column])) {
        counts.unchanged += 1
        continue
      }
      counts[before === undefined ? 'inserted' : 'updated'] += 1
      this.#put.run({ ...row, project_id, now_ms })
    }
    for (const row of known.values()) counts.deleted += this.#delete.run({ ...row, project_id }).changes
    return counts
  }
}

/** The rows of skills that have calls, the first of each key: names without secrets may be equal. */
export function firstOfRecorded<Row extends object>(
  rows: readonly Row[],
  keyOf: (row: Row) => readonly unknown[],
  hasCalls: (row: Row) => boolean,
): Row[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = keyOf(row).join('\0')
    const isFirst = !seen.has(key)
    seen.add(key)
    return isFirst && hasCalls(row)
  })
}
