import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Observation, type ParsedObservation, parseObservation } from '@skillwatch/schema'
import { NOW_MS, temporaryFolder } from '@skillwatch/testkit'
import { createRecord, migrateUp, openWriter, type Writer } from '../src/index.ts'

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

/** A file that was migrated once: hundreds of databases begin as copies of it, which takes a tenth of the time. */
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

/** Records observations in groups of a size, one transaction each. */
export function recordGroups(
  writer: Writer,
  observations: readonly ParsedObservation[],
  size = observations.length,
  nowMs = NOW_MS,
): void {
  const write = createRecord(writer)
  for (let index = 0; index < observations.length; index += size) {
    write([{ projectId: PROJECT, observations: observations.slice(index, index + size) }], nowMs)
  }
}

/** All rows without their keys inside the database, by id. */
export function rowsOf({ sqlite }: Writer): Record<string, unknown>[] {
  const rows = sqlite
    .prepare<[], Record<string, unknown>>('select * from skill_invocation order by invocation_id')
    .all()
  return rows.map(({ row_id: _, ...row }) => row)
}
