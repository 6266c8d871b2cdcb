import type { TurnTable } from '@skillwatch/schema'
import { type Selectable, sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'

export interface TurnsQuery {
  session_id?: string
  /** Included. */
  since_ms?: number | undefined
  /** Excluded. */
  until_ms?: number | undefined
  order: 'asc' | 'desc'
  limit: number
  cursor?: string
}

export type TurnRow = Selectable<TurnTable>

/** Turns by their begin. @throws {CursorError} */
export function listTurns(reader: Reader, projectId: number, query: TurnsQuery): Page<TurnRow> {
  const { session_id, since_ms, until_ms, order, limit, cursor } = query
  const list = `turns:${order}`
  const [sign, direction] = order === 'asc' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`]
  const conditions = [sql`project_id = ${projectId}`]
  if (session_id !== undefined) conditions.push(sql`session_id = ${session_id}`)
  if (since_ms !== undefined) conditions.push(sql`began_at_ms >= ${since_ms}`)
  if (until_ms !== undefined) conditions.push(sql`began_at_ms < ${until_ms}`)
  if (cursor !== undefined) {
    const [atMs, promptId] = decodeCursor(cursor, list, ['integer', 'string'])
    conditions.push(sql`(began_at_ms, prompt_id) ${sign} (${atMs}, ${promptId})`)
  }
  const statement = sql<TurnRow>`select * from turn where ${sql.join(conditions, sql` and `)}
    order by began_at_ms ${direction}, prompt_id ${direction} limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  return toPage(rows, limit, ({ began_at_ms, prompt_id }) => encodeCursor(list, [began_at_ms, prompt_id]))
}
