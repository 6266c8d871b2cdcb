import type { Witness } from '@skillwatch/schema'
import type BetterSqlite3 from 'better-sqlite3'
import type { WritePlan } from '../../recording/storage.ts'
import type { WitnessRecord } from '../../recording/witness-record.ts'
import { manyRows } from '../many-rows.ts'

/** The SQL of witness records that are stored beside their rows, prepared once. */
export class WitnessRecordStatements {
  readonly #ofRow
  readonly #upsert
  readonly #delete

  constructor(sqlite: BetterSqlite3.Database) {
    this.#ofRow = sqlite.prepare<[number], { witness: Witness; received_at_ms: number; fields: string }>(
      'select witness, received_at_ms, fields from invocation_witness where row_id = ?',
    )
    this.#upsert = manyRows(
      sqlite,
      4,
      (rows) => `insert into invocation_witness (row_id, witness, received_at_ms, fields) values ${rows}
      on conflict (row_id, witness)
      do update set received_at_ms = excluded.received_at_ms, fields = excluded.fields`,
    )
    this.#delete = sqlite.prepare<[number, string]>(
      'delete from invocation_witness where row_id = ? and witness = ?',
    )
  }

  ofRow(rowId: number): WitnessRecord[] {
    return this.#ofRow.all(rowId).map((record) => ({ ...record, fields: JSON.parse(record.fields) }))
  }

  apply({ records, removedRecords }: WritePlan): void {
    this.#upsert(
      records.map(({ row_id, record: { witness, received_at_ms, fields } }) => [
        row_id,
        witness,
        received_at_ms,
        JSON.stringify(fields),
      ]),
    )
    for (const { row_id, witness } of removedRecords) this.#delete.run(row_id, witness)
  }
}
