import type { Kind, SkillUseTable } from '@skillwatch/schema'
import { type RawBuilder, type Selectable, sql } from 'kysely'
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
 * Uses by their begin, read from the index of the session, the skill, the kind or the time: the first of
 * these that the query names. The uses of a session are sorted; the other indexes are in the order of time.
 * @throws {CursorError}
 */
export function listUses(reader: Reader, projectId: number, query: UsesQuery): Page<UseRow> {
  const list = `uses:${query.order}`
  const [sign, direction] = query.order === 'asc' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`]
  const { since_ms, until_ms, cursor, limit } = query
  // A plus keeps SQLite from choosing an index for the column.
  const beganAt = query.session_id === undefined ? sql`u.began_at_ms` : sql`+u.began_at_ms`
  const conditions = [sql`u.project_id = ${projectId}`, ...labelConditions(query)]
  if (since_ms !== undefined) conditions.push(sql`${beganAt} >= ${since_ms}`)
  if (until_ms !== undefined) conditions.push(sql`${beganAt} < ${until_ms}`)
  if (cursor !== undefined) {
    const [atMs, rowId] = decodeCursor(cursor, list, ['integer', 'integer'])
    conditions.push(sql`(${beganAt}, u.row_id) ${sign} (${atMs}, ${rowId})`)
  }
  const statement = sql<UseRow>`
    ${sql.raw(SELECT_USES)} where ${sql.join(conditions, sql` and `)}
    order by ${beganAt} ${direction}, u.row_id ${direction} limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  return toPage(rows, limit, ({ began_at_ms, row_id }) => encodeCursor(list, [began_at_ms, row_id]))
}

function labelConditions({ kind, skill_name, session_id, prompt_id }: UsesQuery): RawBuilder<unknown>[] {
  const conditions = []
  // The session is narrower than a skill, and of a name there are few other kinds.
  const [kindColumn, nameColumn] = [
    session_id !== undefined || skill_name !== undefined ? sql`+u.kind` : sql`u.kind`,
    session_id !== undefined ? sql`+u.skill_name` : sql`u.skill_name`,
  ]
  if (kind !== undefined) conditions.push(sql`${kindColumn} = ${kind}`)
  if (skill_name !== undefined) conditions.push(sql`${nameColumn} = ${skill_name}`)
  if (session_id !== undefined) conditions.push(sql`u.session_id = ${session_id}`)
  if (prompt_id === null) conditions.push(sql`u.prompt_id is null`)
  else if (prompt_id !== undefined) conditions.push(sql`u.prompt_id = ${prompt_id}`)
  return conditions
}
