import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type InvocationRow,
  type Observation,
  type ObservedFields,
  type ParsedObservation,
  parseObservation,
  type Witness,
} from '@skillwatch/schema'
import { NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { migrateUp, openWriter, type RecordOutcome, type Writer } from '../src/index.ts'
import { continueCascades, type RecordJob, record } from '../src/recording/record.ts'
import { fieldsOfSoleRecord } from '../src/recording/sole-record.ts'
import { SqliteRecordingStorage } from '../src/sqlite/recording/storage.ts'

export { NOW_MS }

/** The id of the project `default`, the first that a migrated database has. */
export const PROJECT = 1

/** A migrated database in a folder of its own; both are gone after the test. */
export function openTestDatabase(): { writer: Writer; url: string } & Disposable {
  const folder = temporaryFolder()
  const path = join(folder.path, 'skillwatch.db')
  const url = `sqlite:${path}`
  writeFileSync(path, migratedFile())
  const writer = openWriter(url, { integrityCheck: 'off' })
  // Power loss is no part of these tests, and hundreds of databases are made.
  writer.sqlite.pragma('synchronous = off')
  return {
    writer,
    url,
    [Symbol.dispose]() {
      writer.close()
      folder[Symbol.dispose]()
    },
  }
}

let migrated: Buffer | undefined

/**
 * A file that was migrated once: hundreds of databases begin as copies of it, which takes a tenth of the
 * time.
 */
function migratedFile(): Buffer {
  if (migrated !== undefined) return migrated
  using folder = temporaryFolder()
  const path = join(folder.path, 'skillwatch.db')
  const writer = openWriter(`sqlite:${path}`)
  migrateUp(writer, NOW_MS)
  writer.close()
  migrated = readFileSync(path)
  return migrated
}

/** The observation as ingest would hand it to the recorder. */
export function parsed(observation: Observation, nowMs = NOW_MS) {
  const result = parseObservation(observation, nowMs, () => crypto.randomUUID())
  if ('pointer' in result) throw new Error(`${result.pointer} ${result.reason}`)
  return result.observation
}

/** Records jobs in one transaction, and then all that is left of large traces. */
export function createRecord(
  writer: Writer,
): (jobs: readonly RecordJob[], nowMs: number) => Promise<RecordOutcome[][]> {
  const storage = new SqliteRecordingStorage(writer)
  return async (jobs, nowMs) => {
    const outcomes = await record(storage, jobs, nowMs)
    for (const { projectId } of jobs) while (await continueCascades(storage, projectId, nowMs));
    return outcomes
  }
}

/** Records observations in groups of a size, one transaction each. */
export async function recordGroups(
  writer: Writer,
  observations: readonly ParsedObservation[],
  size = observations.length,
  nowMs = NOW_MS,
): Promise<void> {
  const write = createRecord(writer)
  for (let index = 0; index < observations.length; index += size) {
    await write([{ projectId: PROJECT, observations: observations.slice(index, index + size) }], nowMs)
  }
}

/** All rows by id, without their keys inside the database and without how their witness records are kept. */
export function rowsOf({ sqlite }: Writer): Record<string, unknown>[] {
  const rows = sqlite
    .prepare<[], Record<string, unknown>>('select * from skill_invocation order by invocation_id')
    .all()
  return rows.map(({ row_id: _, sole_record: __, ...row }) => row)
}

export interface RecordOfTest {
  invocation_id: string
  witness: Witness
  received_at_ms: number
  fields: ObservedFields
}

/** All witness records by id and witness, also those that their row contains. */
export function witnessRecordsOf({ sqlite }: Pick<Writer, 'sqlite'>): RecordOfTest[] {
  const kept = sqlite
    .prepare<[], Omit<RecordOfTest, 'fields'> & { fields: string }>(
      `select invocation_id, witness, w.received_at_ms, fields
      from invocation_witness w join skill_invocation using (row_id)`,
    )
    .all()
    .map((record) => ({ ...record, fields: JSON.parse(record.fields) as ObservedFields }))
  const sole = sqlite
    .prepare<[], InvocationRow>('select * from skill_invocation where sole_record is not null')
    .all()
    .map((row) => ({
      invocation_id: row.invocation_id,
      witness: row.witnesses as Witness,
      received_at_ms: row.received_at_ms,
      fields: fieldsOfSoleRecord(row, row.sole_record!),
    }))
  const key = ({ invocation_id, witness }: RecordOfTest) => `${invocation_id} ${witness}`
  return [...kept, ...sole].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}
