import type { Kind, SkillUseTable } from '@skillwatch/schema'
import { type Selectable, sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'

export interface UsesQuery {
  kind?: Kind
  skill_name?: string
  session_id?: string
  /** Null: uses of calls whose prompt is not known. */
  prompt_id?: string | null
  /** Included. */
  since_ms?: number | undefined
  /** Excluded. */
  until_ms?: number | undefined
  order: 'asc' | 'desc'
  limit: number
  cursor?: string
}

/** A use with when its turn was last active, by which silence is measured. */
export type UseRow = Selectable<SkillUseTable> & { turn_active_at_ms: number | null }

export const SELECT_USES = `select u.*, t.last_active_at_ms as turn_active_at_ms
  from skill_use u left join turn t
    on t.project_id = u.project_id and t.session_id = u.session_id and t.prompt_id = u.prompt_id`

/**
 * Uses by their begin, read from the index of the skill, the session, the kind or the time.
 * @throws {CursorError}
 */
export function listUses(reader: Reader, projectId: number, query: UsesQuery): Page<UseRow> {
  const list = `uses:${query.order}`
  const [sign, direction] = query.order === 'asc' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`]
  const conditions = [sql`u.project_id = ${projectId}`]
  const { kind, skill_name, session_id, prompt_id, since_ms, until_ms, cursor, limit } = query
  // Of a name there are few other kinds; the plus keeps SQLite from choosing the index of the kind.
  if (kind !== undefined && skill_name !== undefined) conditions.push(sql`+u.kind = ${kind}`)
  else if (kind !== undefined) conditions.push(sql`u.kind = ${kind}`)
  if (skill_name !== undefined) conditions.push(sql`u.skill_name = ${skill_name}`)
  if (session_id !== undefined) conditions.push(sql`u.session_id = ${session_id}`)
  if (prompt_id === null) conditions.push(sql`u.prompt_id is null`)
  else if (prompt_id !== undefined) conditions.push(sql`u.prompt_id = ${prompt_id}`)
  if (since_ms !== undefined) conditions.push(sql`u.began_at_ms >= ${since_ms}`)
  if (until_ms !== undefined) conditions.push(sql`u.began_at_ms < ${until_ms}`)
  if (cursor !== undefined) {
    const [atMs, rowId] = decodeCursor(cursor, list, ['integer', 'integer'])
    conditions.push(sql`(u.began_at_ms, u.row_id) ${sign} (${atMs}, ${rowId})`)
  }
  const statement = sql<UseRow>`
    ${sql.raw(SELECT_USES)} where ${sql.join(conditions, sql` and `)}
    order by u.began_at_ms ${direction}, u.row_id ${direction} limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  return toPage(rows, limit, ({ began_at_ms, row_id }) => encodeCursor(list, [began_at_ms, row_id]))
}
