import type BetterSqlite3 from 'better-sqlite3'
import type { MachineScope } from './skill-files.ts'

/** Scopes whose last scan is kept. */
const SCANS_MAX = 1_000

/** The last scan of each scope in SQLite. */
export class ScanStatements {
  readonly #scannedAt
  readonly #putScan
  readonly #trimScans

  constructor(sqlite: BetterSqlite3.Database) {
    this.#scannedAt = sqlite
      .prepare<[MachineScope], number>(
        `select scanned_at_ms from skill_scan where project_id = @project_id
          and machine_hash = @machine_hash and source = @source and repository = @repository`,
      )
      .pluck()
    this.#putScan = sqlite.prepare<[MachineScope & { scanned_at_ms: number }]>(
      `insert or replace into skill_scan (project_id, machine_hash, source, repository, scanned_at_ms)
      values (@project_id, @machine_hash, @source, @repository, @scanned_at_ms)`,
    )
    this.#trimScans = sqlite.prepare<[{ project_id: number }]>(
      `delete from skill_scan where project_id = @project_id and (machine_hash, source, repository) in (
        select machine_hash, source, repository from skill_scan where project_id = @project_id
        order by scanned_at_ms desc limit -1 offset ${SCANS_MAX})`,
    )
  }

  /** When the scope was last scanned. */
  scannedAt(scope: MachineScope): number | undefined {
    return this.#scannedAt.get(scope)
  }

  putScan(scope: MachineScope, scanned_at_ms: number): void {
    this.#putScan.run({ ...scope, scanned_at_ms })
    this.#trimScans.run({ project_id: scope.project_id })
  }
}
