import type BetterSqlite3 from 'better-sqlite3'
import type { TurnMark } from '../../turns/marks.ts'
import { manyRows } from '../many-rows.ts'

/** Notes what is to be derived again. A mark stays until its turn is derived, also when the process ends. */
export class TurnMarkStatements {
  readonly #insert
  readonly #insertAt

  constructor(sqlite: BetterSqlite3.Database) {
    this.#insert = manyRows(
      sqlite,
      4,
      (rows) => `insert or ignore into pending_turn (project_id, session_id, prompt_id, invocation_id)
        values ${rows}`,
    )
    this.#insertAt = sqlite.prepare<[number, string, number]>(
      `insert or ignore into pending_turn (project_id, session_id, prompt_id, invocation_id)
      select project_id, session_id, prompt_id, '' from turn
        where project_id = ? and session_id = ? and began_at_ms <= ?
        order by began_at_ms desc, prompt_id desc limit 1`,
    )
  }

  add(projectId: number, marks: readonly TurnMark[]): void {
    const rows: [number, string, string, string][] = []
    for (const mark of marks) {
      if ('invocation_id' in mark) rows.push([projectId, '', '', mark.invocation_id])
      else if ('at_ms' in mark) this.#insertAt.run(projectId, mark.session_id, mark.at_ms)
      else rows.push([projectId, mark.session_id, mark.prompt_id, ''])
    }
    this.#insert(rows)
  }
}
