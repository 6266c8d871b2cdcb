import type { AnomalyRow, Kind, ParsedFinding, ParsedFindingsReport } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import { FINDING_COLUMNS } from '../../findings/columns.ts'
import type { FindingsPlan } from '../../findings/plan.ts'
import type { LogEntry } from '../../recording/storage.ts'

/** A skill by its kind and name. */
export interface SkillKey {
  readonly kind: Kind
  readonly skill_name: string
}

type ReportWindow = Pick<ParsedFindingsReport, 'type' | 'since_ms' | 'until_ms'>

const VALUES = FINDING_COLUMNS.map((column) => `@${column}`)

/** Findings in SQLite: which are stored, and what a plan changes. */
export class FindingStatements {
  readonly #inWindow
  readonly #byId
  readonly #oldest
  readonly #count
  readonly #call
  readonly #insert
  readonly #update
  readonly #bury
  readonly #delete

  constructor(sqlite: BetterSqlite3.Database) {
    this.#inWindow = sqlite.prepare<[number, number, number, 0 | 1], AnomalyRow>(
      `select * from skill_anomalies
      where project_id = ? and opened_at_ms between ? and ? and (subtype = 'changed_version') = ?`,
    )
    this.#byId = sqlite.prepare<[number, string], AnomalyRow>(
      'select * from skill_anomalies where project_id = ? and finding_id = ?',
    )
    this.#oldest = sqlite.prepare<[number, number], AnomalyRow>(
      `select * from skill_anomalies where project_id = ?
      order by resolved_at_ms is null, opened_at_ms, finding_id limit ?`,
    )
    this.#count = sqlite
      .prepare<[number], number>('select count(*) from skill_anomalies where project_id = ?')
      .pluck()
    this.#call = sqlite.prepare<[number, Kind, string], unknown>(
      'select 1 from skill_invocation where project_id = ? and kind = ? and skill_name = ? limit 1',
    )
    this.#insert = sqlite
      .prepare<[object], number>(
        `insert into skill_anomalies (project_id, ${FINDING_COLUMNS.join(', ')})
        values (@project_id, ${VALUES.join(', ')}) returning row_id`,
      )
      .pluck()
    this.#update = sqlite.prepare<[object]>(
      `update skill_anomalies set ${FINDING_COLUMNS.map((column) => `${column} = @${column}`).join(', ')}
      where row_id = @row_id`,
    )
    this.#bury = sqlite.prepare<[number, number, string]>(
      'insert into skill_anomaly_tombstone (row_id, project_id, finding_id) values (?, ?, ?)',
    )
    this.#delete = sqlite.prepare<[number]>('delete from skill_anomalies where row_id = ?')
  }

  /** Findings of one type of report that opened between two instants, both included. */
  inWindow(projectId: number, { type, since_ms, until_ms }: ReportWindow): AnomalyRow[] {
    return this.#inWindow.all(projectId, since_ms, until_ms, type === 'changed_version' ? 1 : 0)
  }

  byId(projectId: number, findingId: string): AnomalyRow | undefined {
    return this.#byId.get(projectId, findingId)
  }

  /** In the order of `byAge`. */
  oldest(projectId: number, limit: number): AnomalyRow[] {
    return this.#oldest.all(projectId, limit)
  }

  count(projectId: number): number {
    return this.#count.get(projectId)!
  }

  /** Whether any call of the skill is recorded. */
  hasCalls(projectId: number, { kind, skill_name }: SkillKey): boolean {
    return this.#call.get(projectId, kind, skill_name) !== undefined
  }

  /** Writes a plan. @returns its changes for the log */
  apply(projectId: number, { inserts, updates, deletes }: FindingsPlan): LogEntry[] {
    const deleted = this.delete(projectId, deletes)
    const updated = updates.map(({ row_id, finding }): LogEntry => {
      this.#update.run({ row_id, ...finding })
      return { entity: 'finding', op: 'update', row_id }
    })
    const inserted = inserts.map((finding: ParsedFinding): LogEntry => {
      const row_id = this.#insert.get({ project_id: projectId, ...finding })!
      return { entity: 'finding', op: 'insert', row_id }
    })
    return [...deleted, ...updated, ...inserted]
  }

  /** Deletes findings and keeps their ids for the log. @returns their changes */
  delete(projectId: number, rows: readonly Pick<AnomalyRow, 'row_id' | 'finding_id'>[]): LogEntry[] {
    return rows.map(({ row_id, finding_id }) => {
      this.#bury.run(row_id, projectId, finding_id)
      this.#delete.run(row_id)
      return { entity: 'finding', op: 'delete', row_id }
    })
  }
}
