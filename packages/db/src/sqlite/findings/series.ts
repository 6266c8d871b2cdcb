import type { ParsedFinding } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import { HOUR_MS } from '../../time.ts'

/** A finding that opened longer ago is history: Prometheus would show it as of now. */
const LIVE_MS = 2 * HOUR_MS

/** The counter of findings for Prometheus. It counts each finding once, when it is first stored. */
export class FindingSeriesStatements {
  readonly #wasStored
  readonly #count

  constructor(sqlite: BetterSqlite3.Database) {
    this.#wasStored = sqlite.prepare<[number, string], unknown>(
      'select 1 from skill_anomaly_tombstone where project_id = ? and finding_id = ? limit 1',
    )
    this.#count = sqlite.prepare<[number, string, string, string]>(
      `insert into skill_anomaly_series (project_id, kind, skill_name, subtype, finding_count)
      values (?, ?, ?, ?, 1)
      on conflict (project_id, kind, skill_name, subtype) do update set finding_count = finding_count + 1`,
    )
  }

  /** Counts those of the inserted findings that are live, and were not deleted and found again. */
  add(projectId: number, inserted: readonly ParsedFinding[], nowMs: number): void {
    for (const { finding_id, kind, skill_name, subtype, opened_at_ms } of inserted) {
      if (nowMs - opened_at_ms >= LIVE_MS || this.#wasStored.get(projectId, finding_id)) continue
      this.#count.run(projectId, kind, skill_name, subtype)
    }
  }
}
