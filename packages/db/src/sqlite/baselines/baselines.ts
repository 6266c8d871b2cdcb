import type { BaselineRow, BaselineRunRow, ParsedBaselineReport } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import { BASELINE_COLUMNS, RUN_COLUMNS } from '../../baselines/columns.ts'
import type { BaselinesPlan } from '../../baselines/plan.ts'

const COLUMNS = ['project_id', ...BASELINE_COLUMNS, 'last_updated_at_ms']
const COLUMNS_OF_RUN = ['project_id', ...RUN_COLUMNS, 'computed_at_ms']

/** Baselines in SQLite: which are stored, and what a plan changes. */
export class BaselineStatements {
  readonly #all
  readonly #run
  readonly #put
  readonly #putRun
  readonly #delete

  constructor(sqlite: BetterSqlite3.Database) {
    this.#all = sqlite.prepare<[number], BaselineRow>(
      'select * from skill_community_baselines where project_id = ?',
    )
    this.#run = sqlite.prepare<[number], BaselineRunRow>(
      'select * from skill_baseline_run where project_id = ?',
    )
    this.#put = sqlite.prepare<[object]>(replaceInto('skill_community_baselines', COLUMNS))
    this.#putRun = sqlite.prepare<[object]>(replaceInto('skill_baseline_run', COLUMNS_OF_RUN))
    this.#delete = sqlite.prepare<[object]>(
      `delete from skill_community_baselines
      where project_id = @project_id and kind = @kind and skill_name = @skill_name`,
    )
  }

  all(projectId: number): BaselineRow[] {
    return this.#all.all(projectId)
  }

  run(projectId: number): BaselineRunRow | undefined {
    return this.#run.get(projectId)
  }

  apply(project_id: number, { inserts, updates, deletes }: BaselinesPlan, nowMs: number): void {
    for (const row of deletes) this.#delete.run(row)
    for (const baseline of [...inserts, ...updates])
      this.#put.run({ ...baseline, project_id, last_updated_at_ms: nowMs })
  }

  putRun(project_id: number, run: ParsedBaselineReport['run'], nowMs: number): void {
    this.#putRun.run({ ...run, project_id, computed_at_ms: nowMs })
  }
}

function replaceInto(table: string, columns: readonly string[]): string {
  return `insert or replace into ${table} (${columns.join(', ')})
    values (${columns.map((column) => `@${column}`).join(', ')})`
}
