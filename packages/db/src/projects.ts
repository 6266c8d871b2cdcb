import { randomBytes, randomUUID } from 'node:crypto'
import { type ChangeProject, TEXT_FIELDS, type TextField } from '@skillwatch/schema'
import { createKeyedHash } from './keyed-hash.ts'
import type { Reader, Writer } from './sqlite/open.ts'
import { all, first, run } from './sqlite/statements.ts'
import { TaxonomyStatements } from './sqlite/taxonomy/taxonomy.ts'

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

/**
 * The project of this name, if no key was ever made for it. Revoking the keys of a project must not open it,
 * so revoked keys count too.
 */
export function findOpenProject({ sqlite, db }: Reader, name: string): Project | undefined {
  const query = db
    .selectFrom('project')
    .select(['project_id', 'name'])
    .where('name', '=', name)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('api_key')
            .select('api_key_id')
            .whereRef('api_key.project_id', '=', 'project.project_id'),
        ),
      ),
    )
  return first(sqlite, query.compile())
}

/** Makes a project with the categories that every project begins with. */
export function createProject(writer: Writer, name: string, nowMs: number): Project {
  return writer.sqlite
    .transaction(() => {
      const project = insertProject(writer, name, nowMs)
      new TaxonomyStatements(writer.sqlite).seed(project.project_id, nowMs)
      return project
    })
    .immediate()
}

/** Makes a project with its own hash key and an empty change log of a new epoch. */
export function insertProject(writer: Writer, name: string, nowMs: number): Project {
  return writer.sqlite
    .transaction(() => {
      const project = { name, hash_key: randomBytes(32), created_at_ms: nowMs }
      const { lastInsertRowid } = run(
        writer.sqlite,
        writer.db.insertInto('project').values(project).compile(),
      )
      const project_id = Number(lastInsertRowid)
      const stream = { project_id, epoch: randomUUID(), last_offset: 0, oldest_offset: 1 }
      run(writer.sqlite, writer.db.insertInto('stream').values(stream).compile())
      return { project_id, name }
    })
    .immediate()
}

/** The project of this name, made when it is missing. */
export function ensureProject(writer: Writer, name: string, nowMs: number): ProjectSettings {
  if (findProject(writer, name) === undefined) createProject(writer, name, nowMs)
  return listProjects(writer).find((project) => project.name === name)!
}

const hashes = new WeakMap<Writer['sqlite'], Map<number, (text: string) => string>>()

/** The keyed hash of a project, remembered per connection. */
export function hashOfProject(reader: Reader, projectId: number): (text: string) => string {
  const known = hashes.get(reader.sqlite) ?? new Map<number, (text: string) => string>()
  hashes.set(reader.sqlite, known)
  const hash = known.get(projectId) ?? createKeyedHash(projectHashKey(reader, projectId))
  known.set(projectId, hash)
  return hash
}

/** The secret that keys the hashes of a project's user ids and queries. */
function projectHashKey(reader: Reader, projectId: number): Uint8Array {
  const row = first(
    reader.sqlite,
    reader.db.selectFrom('project').select('hash_key').where('project_id', '=', projectId).compile(),
  )
  if (row === undefined) throw new TypeError(`there is no project ${projectId}`)
  return row.hash_key
}

/** A project with what it stores beside the sizes and hashes of texts. */
export interface ProjectSettings extends Project {
  store_text: TextField[]
  store_places: boolean
  created_at_ms: number
}

export function listProjects({ sqlite, db }: Reader): ProjectSettings[] {
  const query = db
    .selectFrom('project')
    .select(['project_id', 'name', 'store_text', 'store_places', 'created_at_ms'])
    .orderBy('project_id')
  return all(sqlite, query.compile()).map((row) => ({
    ...row,
    store_text: textFields(row.store_text),
    store_places: row.store_places === 1,
  }))
}

/**
 * Chooses what a project stores from now on; what is stored already stays. Undefined: no such project.
 */
export function changeProject(
  writer: Writer,
  name: string,
  { store_text, store_places }: ChangeProject,
): ProjectSettings | undefined {
  const change = {
    ...(store_text && { store_text: TEXT_FIELDS.filter((field) => store_text.includes(field)).join(',') }),
    ...(store_places !== undefined && { store_places: Number(store_places) }),
  }
  run(writer.sqlite, writer.db.updateTable('project').set(change).where('name', '=', name).compile())
  return listProjects(writer).find((project) => project.name === name)
}

/** Whether the project stores folder and branch. */
export function storesPlaces({ sqlite, db }: Reader, projectId: number): boolean {
  const query = db.selectFrom('project').select('store_places').where('project_id', '=', projectId)
  return first(sqlite, query.compile())?.store_places === 1
}

/** The texts that a project stores. */
export function storedTexts({ sqlite, db }: Reader, projectId: number): ReadonlySet<TextField> {
  const row = first(
    sqlite,
    db.selectFrom('project').select('store_text').where('project_id', '=', projectId).compile(),
  )
  return new Set(textFields(row?.store_text ?? ''))
}

function textFields(list: string): TextField[] {
  return TEXT_FIELDS.filter((field) => list.split(',').includes(field))
}
