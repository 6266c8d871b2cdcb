import type { InvocationRow, Witness } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import { RESOLVED_COLUMNS } from '../../recording/fields.ts'
import { fieldsOfSoleRecord } from '../../recording/sole-record.ts'
import type {
  Neighbourhood,
  StoredInvocation,
  UncorrelatedObservation,
  WritePlan,
} from '../../recording/storage.ts'
import type { WitnessRecord } from '../../recording/witness-record.ts'
import { manyRows } from '../many-rows.ts'
import { WitnessRecordStatements } from './witness-records.ts'

/** The columns of a new row beside its project. */
const INSERTED = [
  'row_id',
  'invocation_id',
  ...RESOLVED_COLUMNS,
  'live_series_id',
  'live_execution_ms',
  'received_at_ms',
  'sole_record',
] as const satisfies readonly (keyof InvocationRow)[]

/** Rows that an uncorrelated observation may belong to, as the partial index says it. */
const CORRELATABLE = `kind in ('skill', 'command', 'agent')`

/** The SQL of rows, prepared once. */
export class InvocationStatements {
  readonly #sqlite: BetterSqlite3.Database
  readonly #observationOfRow: (rowId: number) => UncorrelatedObservation | undefined
  readonly #byId
  readonly #byRowId
  readonly #records
  readonly #before
  readonly #after
  readonly #running
  readonly #endedAt
  readonly #lastRowId
  readonly #insert
  readonly #delete
  readonly #insertTombstone
  readonly #updates = new Map<string, BetterSqlite3.Statement<unknown[]>>()

  constructor(
    sqlite: BetterSqlite3.Database,
    observationOfRow: (rowId: number) => UncorrelatedObservation | undefined,
  ) {
    this.#sqlite = sqlite
    this.#observationOfRow = observationOfRow
    const around = `select * from skill_invocation
      where project_id = ? and session_id = ? and kind = ? and ${CORRELATABLE}`
    this.#byId = sqlite.prepare<[number, string], InvocationRow>(
      'select * from skill_invocation where project_id = ? and invocation_id = ?',
    )
    this.#byRowId = sqlite.prepare<[number], InvocationRow>(
      'select * from skill_invocation where row_id = ?',
    )
    this.#records = new WitnessRecordStatements(sqlite)
    this.#before = sqlite.prepare<[number, string, string, number, number], InvocationRow>(
      `${around} and invoked_at_ms <= ? order by invoked_at_ms desc limit ?`,
    )
    this.#after = sqlite.prepare<[number, string, string, number, number], InvocationRow>(
      `${around} and invoked_at_ms > ? order by invoked_at_ms limit ?`,
    )
    this.#running = sqlite
      .prepare<[number, string], string>(
        `select invocation_id from skill_invocation
        where project_id = ? and session_id = ? and outcome = 'running'`,
      )
      .pluck()
    this.#endedAt = sqlite
      .prepare<[number, string, number], string>(
        `select invocation_id from skill_invocation
          where project_id = ? and session_id = ? and ended_at_ms = ?`,
      )
      .pluck()
    this.#lastRowId = sqlite
      .prepare<[], number>(
        `select max(
          coalesce((select row_id from skill_invocation order by row_id desc limit 1), 0),
          coalesce((select row_id from skill_tombstone order by row_id desc limit 1), 0))`,
      )
      .pluck()
    this.#insert = manyRows(
      sqlite,
      1 + INSERTED.length,
      (rows) =>
        `insert into skill_invocation (project_id, ${INSERTED.map(quoted).join(', ')}) values ${rows}`,
    )
    this.#delete = sqlite.prepare<[number]>('delete from skill_invocation where row_id = ?')
    this.#insertTombstone = sqlite.prepare<[number, number, string]>(
      'insert into skill_tombstone (row_id, project_id, invocation_id) values (?, ?, ?)',
    )
  }

  byId(projectId: number, invocationId: string): StoredInvocation | undefined {
    const row = this.#byId.get(projectId, invocationId)
    return row && this.#toStored(row)
  }

  row(rowId: number): InvocationRow | undefined {
    return this.#byRowId.get(rowId)
  }

  around(projectId: number, { session_id, kind, at_ms, limit }: Neighbourhood): StoredInvocation[] {
    const rows = [
      ...this.#before.all(projectId, session_id, kind, at_ms, limit),
      ...this.#after.all(projectId, session_id, kind, at_ms, limit),
    ]
    return rows.map((row) => this.#toStored(row))
  }

  running(projectId: number, sessionId: string): string[] {
    return this.#running.all(projectId, sessionId)
  }

  endedAt(projectId: number, sessionId: string, endedAtMs: number): string[] {
    return this.#endedAt.all(projectId, sessionId, endedAtMs)
  }

  /** The id of a row that was deleted is never given again: the change log still names it. */
  nextRowId(): number {
    return this.#lastRowId.get()! + 1
  }

  apply(projectId: number, plan: WritePlan): void {
    this.#insert(plan.inserts.map((row) => [projectId, ...INSERTED.map((column) => row[column])]))
    for (const { row_id, columns } of plan.updates) this.#update(row_id, columns)
    this.delete(projectId, plan.deletes)
    this.#records.apply(plan)
  }

  /** Deletes rows with their witness records, and keeps their ids for the change log. */
  delete(projectId: number, rows: WritePlan['deletes']): void {
    for (const { row_id, invocation_id } of rows) {
      this.#insertTombstone.run(row_id, projectId, invocation_id)
      this.#delete.run(row_id)
    }
  }

  /** Writes the columns that change, and so only the indexes over them. */
  #update(rowId: number, columns: Partial<InvocationRow>): void {
    const names = Object.keys(columns)
    const sets = names.map((name) => `${quoted(name)} = ?`).join(', ')
    const known = this.#updates.get(sets)
    const statement = known ?? this.#sqlite.prepare(`update skill_invocation set ${sets} where row_id = ?`)
    if (known === undefined) remember(this.#updates, sets, statement)
    statement.run([...Object.values(columns), rowId])
  }

  #toStored(row: InvocationRow): StoredInvocation {
    return { row, records: this.#recordsOf(row), observation: this.#observationOfRow(row.row_id) }
  }

  #recordsOf(row: InvocationRow): WitnessRecord[] {
    if (row.sole_record !== null) {
      const fields = fieldsOfSoleRecord(row, row.sole_record)
      return [{ witness: row.witnesses as Witness, received_at_ms: row.received_at_ms, fields }]
    }
    return this.#records.ofRow(row.row_id)
  }
}

/** Sets of columns that change together; far fewer occur. */
const UPDATES_MAX = 200

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= UPDATES_MAX) map.clear()
  map.set(key, value)
}

/** `trigger` is a word of SQL. */
function quoted(column: string): string {
  return `"${column}"`
}
