import type { Kind } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'

/**
 * Takes the name of a deleted skill out of the live series. Rows that have another name by now may have been
 * counted under this one: their series is retired, without its labels, so that it still equals the recount.
 */
export class SeriesDeletion {
  readonly #retire
  readonly #deleteBuckets
  readonly #delete
  readonly #deleteAllBuckets
  readonly #deleteAll

  constructor(sqlite: BetterSqlite3.Database) {
    const labelled = 'project_id = ? and kind = ? and skill_name = ? and retired = 0'
    this.#deleteBuckets = sqlite.prepare<[number, string, string]>(
      `delete from skill_live_bucket where series_id in (select series_id from skill_live_series
      where ${labelled} and invocation_count = deleted_invocation_count)`,
    )
    this.#delete = sqlite.prepare<[number, string, string]>(
      `delete from skill_live_series where ${labelled} and invocation_count = deleted_invocation_count`,
    )
    this.#deleteAllBuckets = sqlite.prepare<[number]>(
      `delete from skill_live_bucket where series_id in (
        select series_id from skill_live_series where project_id = ?)`,
    )
    this.#deleteAll = sqlite.prepare<[number]>('delete from skill_live_series where project_id = ?')
    this.#retire = sqlite.prepare<[number, string, string]>(
      `update skill_live_series set retired = 1, skill_name = '', workflow_phase = '' where ${labelled}`,
    )
  }

  /** All series of a project that has no rows any more. */
  deleteAll(projectId: number): void {
    this.#deleteAllBuckets.run(projectId)
    this.#deleteAll.run(projectId)
  }

  delete(projectId: number, kind: Kind, skillName: string): void {
    for (const statement of [this.#deleteBuckets, this.#delete, this.#retire])
      statement.run(projectId, kind, skillName)
  }
}
