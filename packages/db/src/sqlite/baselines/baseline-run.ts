import type { BaselineRunRow, ParsedBaselineReport } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import { RUN_COLUMNS } from '../../baselines/columns.ts'

const COLUMNS = ['project_id', ...RUN_COLUMNS, 'computed_at_ms']

/** The run that the baselines of a project are from, in SQLite. */
export class BaselineRunStatements {
  readonly #get
  readonly #put

  constructor(sqlite: BetterSqlite3.Database) {
    this.#get = sqlite.prepare<[number], BaselineRunRow>(
      'select * from skill_baseline_run where project_id = ?',
    )
    this.#put = sqlite.prepare<[object]>(
      `insert or replace into skill_baseline_run (${COLUMNS.join(', ')})
      values (${COLUMNS.map((column) => `@${column}`).join(', ')})`,
    )
  }

  /** Whether another run is stored, or none. */
  differs(projectId: number, run: ParsedBaselineReport['run']): boolean {
    const stored = this.#get.get(projectId)
    return stored === undefined || RUN_COLUMNS.some((column) => stored[column] !== run[column])
  }

  put(project_id: number, run: ParsedBaselineReport['run'], computed_at_ms: number): void {
    this.#put.run({ ...run, project_id, computed_at_ms })
  }
}
