import type { DependencyUnit } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { ReportedColumns } from '../../dependencies/columns.ts'
import { planReported } from '../../dependencies/plan.ts'

/** How many rows a report changed. */
export interface RowCounts {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
}

/** The rows of one unit in a table that reports replace. */
export class ReportedRows<Row extends object> {
  readonly #columns: ReportedColumns<Row>
  readonly #ofUnit
  readonly #insert
  readonly #update
  readonly #delete

  constructor(sqlite: BetterSqlite3.Database, columns: ReportedColumns<Row>) {
    const { table, key, values } = columns
    const all = ['project_id', 'unit', 'last_updated_at_ms', ...key, ...values]
    const changing = ['last_updated_at_ms', ...values]
    this.#columns = columns
    this.#ofUnit = sqlite.prepare<[number, DependencyUnit], Row & { row_id: number }>(
      `select * from ${table} where project_id = ? and unit = ?`,
    )
    this.#insert = sqlite.prepare<[object]>(
      `insert into ${table} (${all.join(', ')}) values (${all.map((column) => `@${column}`).join(', ')})`,
    )
    this.#update = sqlite.prepare<[object]>(
      `update ${table} set ${changing.map((column) => `${column} = @${column}`).join(', ')}
      where row_id = @row_id`,
    )
    this.#delete = sqlite.prepare<[number]>(`delete from ${table} where row_id = ?`)
  }

  /** Makes the rows of a unit equal to those of a report; equal ones keep when they were stored. */
  replace(projectId: number, unit: DependencyUnit, rows: readonly Row[], nowMs: number): RowCounts {
    const plan = planReported(this.#ofUnit.all(projectId, unit), rows, this.#columns)
    const stored = { project_id: projectId, unit, last_updated_at_ms: nowMs }
    for (const rowId of plan.deletes) this.#delete.run(rowId)
    for (const { row_id, row } of plan.updates)
      this.#update.run({ ...row, row_id, last_updated_at_ms: nowMs })
    // The highest row ids belong to the lowest q-values, which are then first among equal lifts.
    for (const row of plan.inserts.toReversed()) this.#insert.run({ ...row, ...stored })
    return {
      inserted: plan.inserts.length,
      updated: plan.updates.length,
      deleted: plan.deletes.length,
      unchanged: plan.unchanged,
    }
  }
}
