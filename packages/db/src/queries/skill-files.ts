import type { Kind, SkillFile, SkillFileKind, SkillFileRow } from '@skillwatch/schema'
import { sql } from 'kysely'
import { type SkillFileWithVersions, toSkillFile } from '../skill-files/to-skill-file.ts'
import type { Reader } from '../sqlite/open.ts'
import { all, prepared } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'
import { keyText, type SkillKey } from './skill-keys.ts'

export interface SkillFilesQuery {
  kind?: SkillFileKind
  skill_name?: string
  limit: number
  cursor?: string
}

/**
 * Files of skills, by kind, name and place, in the order of their key.
 * @throws {CursorError}
 */
export function listSkillFiles(
  reader: Reader,
  projectId: number,
  { kind, skill_name, limit, cursor }: SkillFilesQuery,
): Page<SkillFile> {
  const list = 'skill-files'
  const conditions = [sql`project_id = ${projectId}`]
  if (kind !== undefined) conditions.push(sql`kind = ${kind}`)
  else if (skill_name !== undefined) conditions.push(sql`kind in ('skill', 'command', 'agent')`)
  if (skill_name !== undefined) conditions.push(sql`skill_name = ${skill_name}`)
  if (cursor !== undefined) {
    const last = decodeCursor(cursor, list, ['string', 'string', 'string', 'string', 'string'])
    conditions.push(sql`(kind, skill_name, source, origin, machine_hash) > (${sql.join(last)})`)
  }
  const version = (what: string) =>
    sql`(select ${sql.raw(what)} from skill_file_version v
      where v.project_id = skill_file.project_id and v.file_id = skill_file.file_id)`
  const statement = sql<SkillFileWithVersions>`
    select *, ${version('count(*)')} as versions, ${version('max(changed_at_ms)')} as changed_at_ms
    from skill_file where ${sql.join(conditions, sql` and `)}
    order by kind, skill_name, source, origin, machine_hash limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  const page = toPage(rows, limit, (row) =>
    encodeCursor(list, [row.kind, row.skill_name, row.source, row.origin, row.machine_hash]),
  )
  return { ...page, items: page.items.map(toSkillFile) }
}

/** All files that are there now. Its cost follows the number of files. */
export function installedFiles({ sqlite }: Reader, projectId: number): SkillFileRow[] {
  return prepared(
    sqlite,
    `select * from skill_file where project_id = ? and removed_at_ms is null
    order by kind, skill_name, source, origin, machine_hash`,
  ).all(projectId) as SkillFileRow[]
}

/**
 * What installed skills say of themselves, by skill. Of a skill with several files, the first one with a
 * description counts, in the order of their places. A typed skill is recorded as a command, so a command
 * without a file has the description of the skill.
 */
export function descriptionsOfSkills(
  reader: Reader,
  projectId: number,
): (skill: SkillKey) => string | undefined {
  const descriptions = new Map<string, string>()
  for (const { description, ...file } of installedFiles(reader, projectId))
    if (description && !descriptions.has(keyText(file))) descriptions.set(keyText(file), description)
  return ({ kind, skill_name }) =>
    descriptions.get(keyText({ kind, skill_name })) ??
    (kind === 'command' ? descriptions.get(keyText({ kind: 'skill', skill_name })) : undefined)
}

/** When the newest scan of a project was; null before the first one. */
export function lastScannedAt({ sqlite }: Reader, projectId: number): number | null {
  const statement = prepared(sqlite, 'select max(scanned_at_ms) from skill_scan where project_id = ?')
  return statement.pluck().get(projectId) as number | null
}

/** Calls of all time, by skill. Read from a roll-up. */
export function callsOfSkills({ sqlite, db }: Reader, projectId: number) {
  const query = db
    .selectFrom('skill_metrics')
    .select(['kind', 'skill_name', 'invocation_count', 'first_invoked_at_ms', 'last_invoked_at_ms'])
    .where('project_id', '=', projectId)
  return all(sqlite, query.compile())
}

/** A file of a skill got another content. */
export interface ContentChange {
  readonly kind: SkillFileKind
  readonly skill_name: string
  readonly from_hash: string
  readonly to_hash: string
  readonly changed_at_ms: number
}

/** All changes of content that are known, by skill and time. */
export function contentChanges({ sqlite }: Reader, projectId: number): ContentChange[] {
  const versions = prepared(
    sqlite,
    `select file_id, kind, skill_name, v.content_hash, changed_at_ms
    from skill_file_version v join skill_file using (project_id, file_id)
    where v.project_id = ? order by file_id, v.first_seen_at_ms`,
  ).all(projectId) as (Omit<ContentChange, 'from_hash' | 'to_hash'> & Version)[]
  return versions.flatMap(({ file_id, content_hash, ...change }, index) => {
    const before = versions[index - 1]
    if (before?.file_id !== file_id) return []
    return [{ ...change, from_hash: before.content_hash, to_hash: content_hash }]
  })
}

interface Version {
  readonly file_id: number
  readonly content_hash: string
}

/** A use of a skill: its own call and those that followed, without refused ones. */
export interface CountedUse {
  readonly session_id: string
  readonly began_at_ms: number
  readonly calls: number
  readonly failed_calls: number
  readonly work_ms: number
}

const SELECT_USES = `select session_id, began_at_ms, work_ms_with_nested as work_ms,
    (outcome in ('completed', 'failed', 'abandoned')) + calls_with_nested - rejected_calls_with_nested as calls,
    (outcome in ('failed', 'abandoned')) + failed_calls_with_nested as failed_calls
  from skill_use
  where project_id = ? and skill_name = ? and began_at_ms >= ? and began_at_ms < ? and +kind in (?, ?)
    and is_outermost = 1 and outcome <> 'rejected'
  order by began_at_ms, use_id`

/**
 * Uses of a skill that began in a window, the end excluded. A typed skill is recorded as a command, so both
 * kinds count for either.
 */
export function countedUses(
  { sqlite }: Reader,
  projectId: number,
  { kind, skill_name }: { readonly kind: Kind; readonly skill_name: string },
  [from, to]: readonly [number, number],
): CountedUse[] {
  const kinds = kind === 'agent' ? ['agent', 'agent'] : ['skill', 'command']
  return prepared(sqlite, SELECT_USES).all(projectId, skill_name, from, to, ...kinds) as CountedUse[]
}
