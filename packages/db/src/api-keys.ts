import { createHash, randomBytes } from 'node:crypto'
import {
  type ApiKey,
  type ApiKeyRow,
  type CreateApiKey,
  type CreatedApiKey,
  formatInstant,
  type Scope,
} from '@skillwatch/schema'
import { createProject, DEFAULT_PROJECT, findProject } from './projects.ts'
import type { Reader, Writer } from './sqlite/open.ts'
import { all, first, run } from './sqlite/statements.ts'

type ApiKeyWithProject = ApiKeyRow & { project: string }

/**
 * Makes a key `sw_<id>_<secret>` and returns it once; the database keeps its SHA-256 only. A plain hash is
 * enough: the secret has 192 random bits, so there is nothing to guess.
 */
export function createApiKey(
  writer: Writer,
  { name, scopes, project = DEFAULT_PROJECT }: CreateApiKey,
  nowMs: number,
): CreatedApiKey {
  const { project_id } = findProject(writer, project) ?? createProject(writer, project, nowMs)
  const api_key_id = randomBytes(6).toString('hex')
  const api_key = `sw_${api_key_id}_${randomBytes(24).toString('base64url')}`
  const row = {
    api_key_id,
    project_id,
    name,
    secret_hash: hashApiKey(api_key),
    scopes: scopes.join(','),
    created_at_ms: nowMs,
    revoked_at_ms: null,
  }
  run(writer.sqlite, writer.db.insertInto('api_key').values(row).compile())
  return { ...toApiKey({ ...row, project }), api_key }
}

/** SHA-256 of a whole key, as the table keeps it. */
export function hashApiKey(apiKey: string): Buffer {
  return createHash('sha256').update(apiKey).digest()
}

export function findApiKey(reader: Reader, apiKeyId: string): ApiKeyWithProject | undefined {
  return first(reader.sqlite, selectKeys(reader).where('api_key_id', '=', apiKeyId).compile())
}

/** Whether there is any key that was not revoked. */
export function hasApiKeys(reader: Reader): boolean {
  return (
    first(
      reader.sqlite,
      reader.db
        .selectFrom('api_key')
        .select('api_key_id')
        .where('revoked_at_ms', 'is', null)
        .limit(1)
        .compile(),
    ) !== undefined
  )
}

/** All keys, the oldest first, revoked ones too. */
export function listApiKeys(reader: Reader): ApiKey[] {
  return all(
    reader.sqlite,
    selectKeys(reader).orderBy('api_key.created_at_ms').orderBy('api_key_id').compile(),
  ).map(toApiKey)
}

/** Revokes a key for good; a second time changes nothing. Undefined when there is no such key. */
export function revokeApiKey(writer: Writer, apiKeyId: string, nowMs: number): ApiKey | undefined {
  run(
    writer.sqlite,
    writer.db
      .updateTable('api_key')
      .set({ revoked_at_ms: nowMs })
      .where('api_key_id', '=', apiKeyId)
      .where('revoked_at_ms', 'is', null)
      .compile(),
  )
  const row = findApiKey(writer, apiKeyId)
  return row && toApiKey(row)
}

function selectKeys(reader: Reader) {
  return reader.db
    .selectFrom('api_key')
    .innerJoin('project', 'project.project_id', 'api_key.project_id')
    .selectAll('api_key')
    .select('project.name as project')
}

function toApiKey(row: ApiKeyWithProject): ApiKey {
  return {
    api_key_id: row.api_key_id,
    name: row.name,
    project: row.project,
    scopes: row.scopes.split(',') as Scope[],
    created_at: formatInstant(row.created_at_ms),
    ...(row.revoked_at_ms !== null && { revoked_at: formatInstant(row.revoked_at_ms) }),
  }
}
