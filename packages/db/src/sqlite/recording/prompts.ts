import type BetterSqlite3 from 'better-sqlite3'
import { PROMPT_COLUMNS, type StoredPrompt } from '../../recording/prompt.ts'
import type { TurnKey } from '../../turns/marks.ts'

/** The SQL of prompts, prepared once. */
export class PromptStatements {
  readonly #byKey
  readonly #put

  constructor(sqlite: BetterSqlite3.Database) {
    this.#byKey = sqlite.prepare<[number, string, string], StoredPrompt>(
      `select ${PROMPT_COLUMNS.join(', ')} from prompt
        where project_id = ? and session_id = ? and prompt_id = ?`,
    )
    this.#put = sqlite.prepare<unknown[]>(
      `insert or replace into prompt (project_id, ${PROMPT_COLUMNS.join(', ')})
      values (?, ${PROMPT_COLUMNS.map(() => '?').join(', ')})`,
    )
  }

  byKey(projectId: number, { session_id, prompt_id }: TurnKey): StoredPrompt | undefined {
    return this.#byKey.get(projectId, session_id, prompt_id)
  }

  put(projectId: number, prompt: StoredPrompt): void {
    this.#put.run(projectId, ...PROMPT_COLUMNS.map((column) => prompt[column]))
  }
}
