import { randomBytes, randomUUID } from 'node:crypto'
import type { Reader, Writer } from './sqlite/open.ts'
import { first, run } from './sqlite/statements.ts'

/** The project of every observation whose API key does not say otherwise. */
export const DEFAULT_PROJECT = 'default'

export interface Project {
  project_id: number
  name: string
}

/** The project of this name. `default` exists in every migrated database. */
export function findProject(reader: Reader, name: string): Project | undefined {
  return first(
    reader.sqlite,
    reader.db.selectFrom('project').select(['project_id', 'name']).where('name', '=', name).compile(),
  )
}

/** Makes a project with its own hash key and an empty change log of a new epoch. */
export function createProject(writer: Writer, name: string, nowMs: number): Project {
  return writer.sqlite
    .transaction(() => {
      const project = { name, hash_key: randomBytes(32), created_at_ms: nowMs }
      const { lastInsertRowid } = run(writer.sqlite, writer.db.insertInto('project').values(project).compile())
      const project_id = Number(lastInsertRowid)
      const stream = { project_id, epoch: randomUUID(), last_offset: 0, oldest_offset: 1 }
      run(writer.sqlite, writer.db.insertInto('stream').values(stream).compile())
      return { project_id, name }
    })
    .immediate()
}

/** The secret that keys the hashes of a project's user ids and queries. */
export function projectHashKey(reader: Reader, projectId: number): Uint8Array {
  const row = first(
    reader.sqlite,
    reader.db.selectFrom('project').select('hash_key').where('project_id', '=', projectId).compile(),
  )
  if (row === undefined) throw new TypeError(`there is no project ${projectId}`)
  return row.hash_key
}
