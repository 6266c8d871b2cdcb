import type BetterSqlite3 from 'better-sqlite3'
import { planReported, type ReportedColumns } from '../../reports/plan.ts'
import type { RowCounts } from './row-counts.ts'

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
    const { table, key, values, storedAt } = columns
    const changing = storedAt === undefined ? values : [storedAt, ...values]
    const all = [...scope, ...key, ...changing]
    const equals = (names: readonly string[], by: string) =>
      names.map((column) => `${column} = @${column}`).join(by)
    const isRow = equals([...scope, ...key], ' and ')
    this.#columns = columns
    this.#inScope = sqlite.prepare<[ReportScope], Row>(
      `select * from ${table} where ${equals(scope, ' and ')}`,
    )
    this.#insert = sqlite.prepare<[object]>(
      `insert into ${table} (${all.join(', ')}) values (${all.map((column) => `@${column}`).join(', ')})`,
    )
    this.#update = sqlite.prepare<[object]>(`update ${table} set ${equals(changing, ', ')} where ${isRow}`)
    this.#delete = sqlite.prepare<[object]>(`delete from ${table} where ${isRow}`)
  }

  /** Makes the rows equal to those of a report; equal ones keep when they were stored. */
  replace(scope: ReportScope, rows: readonly Row[], nowMs: number): RowCounts {
    const plan = planReported(this.#inScope.all(scope), rows, this.#columns)
    const { storedAt } = this.#columns
    const stored = storedAt === undefined ? scope : { ...scope, [storedAt]: nowMs }
    for (const row of plan.deletes) this.#delete.run({ ...row, ...scope })
    for (const row of plan.updates) this.#update.run({ ...row, ...stored })
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
