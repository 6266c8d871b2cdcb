import type BetterSqlite3 from 'better-sqlite3'
import type { LogEntry } from '../../recording/storage.ts'
import { manyRows } from '../many-rows.ts'

/** How the log names the table of a row. */
const ENTITIES = { invocation: 0, use: 1, turn: 2, finding: 3 } as const

/** Appends to the change logs of projects. */
export class ChangeLogStatements {
  readonly #selectOffset
  readonly #insert
  readonly #updateOffset

  constructor(sqlite: BetterSqlite3.Database) {
    this.#selectOffset = sqlite
      .prepare<[number], number>('select last_offset from stream where project_id = ?')
      .pluck()
    this.#insert = manyRows(
      sqlite,
      5,
      (rows) => `insert into skill_change (project_id, "offset", op, row_id, entity) values ${rows}`,
    )
    this.#updateOffset = sqlite.prepare<[number, number]>(
      'update stream set last_offset = ? where project_id = ?',
    )
  }

  /**
   * Appends changes and moves the counter last, so that offsets are dense and in commit order (R5).
   * @returns the first and the last offset; undefined without changes
   */
  append(projectId: number, changes: readonly LogEntry[]): { first: number; last: number } | undefined {
    if (changes.length === 0) return undefined
    const first = this.#selectOffset.get(projectId)! + 1
    const last = first + changes.length - 1
    this.#insert(
      changes.map(({ op, row_id, entity }, index) => [
        projectId,
        first + index,
        op,
        row_id,
        ENTITIES[entity],
      ]),
    )
    this.#updateOffset.run(last, projectId)
    return { first, last }
  }
}
