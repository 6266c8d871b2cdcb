import type BetterSqlite3 from 'better-sqlite3'
import type { ReportedColumns } from '../../dependencies/columns.ts'
import { planReported } from '../../dependencies/plan.ts'
import type { RowCounts } from '../row-counts.ts'

/** Whose rows a report replaces: those of a project, or of a unit of it. */
export type ReportScope = Readonly<Record<string, string | number>>

/** A table whose rows reports replace. */
export class ReportedRows<Row extends object> {
  readonly #columns: ReportedColumns<Row>
  readonly #inScope
  readonly #insert
  readonly #update
  readonly #delete

  /** @param scope the columns that say whose rows they are */
  constructor(
    sqlite: BetterSqlite3.Database,
    columns: ReportedColumns<Row>,
    scope: readonly string[] = ['project_id'],
  ) {
    const { table, key, values } = columns
    const all = [...scope, 'last_updated_at_ms', ...key, ...values]
    const changing = ['last_updated_at_ms', ...values]
    this.#columns = columns
    this.#inScope = sqlite.prepare<[ReportScope], Row & { row_id: number }>(
      `select * from ${table} where ${scope.map((column) => `${column} = @${column}`).join(' and ')}`,
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

  /** Makes the rows equal to those of a report; equal ones keep when they were stored. */
  replace(scope: ReportScope, rows: readonly Row[], nowMs: number): RowCounts {
    const plan = planReported(this.#inScope.all(scope), rows, this.#columns)
    const stored = { ...scope, last_updated_at_ms: nowMs }
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
