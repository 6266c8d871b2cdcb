import type { AnomalyRow, Finding, Kind } from '@skillwatch/schema'
import { sql } from 'kysely'
import { toFinding } from '../findings/to-finding.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type Page, toPage } from './cursor.ts'

export interface FindingsQuery {
  state: 'open' | 'resolved' | 'all'
  kind?: Kind
  skill_name?: string
  /** Included. */
  since_ms?: number | undefined
  /** Excluded. */
  until_ms?: number | undefined
  order: 'asc' | 'desc'
  limit: number
  cursor?: string
}

/**
 * Findings by when they opened, read from one index in that order: that of open ones, which are few, of the
 * skill, of the kind or of the time.
 * @throws {CursorError}
 */
export function listFindings(reader: Reader, projectId: number, query: FindingsQuery): Page<Finding> {
  const list = `findings:${query.order}`
  const [sign, direction] = query.order === 'asc' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`]
  const { cursor, limit } = query
  const conditions = conditionsOf(projectId, query)
  if (cursor !== undefined) {
    const [atMs, rowId] = decodeCursor(cursor, list, ['integer', 'integer'])
    conditions.push(sql`(opened_at_ms, row_id) ${sign} (${atMs}, ${rowId})`)
  }
  const statement = sql<AnomalyRow>`
    select * from skill_anomalies indexed by ${sql.raw(indexOf(query))}
    where ${sql.join(conditions, sql` and `)}
    order by opened_at_ms ${direction}, row_id ${direction} limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  const page = toPage(rows, limit, ({ opened_at_ms, row_id }) => encodeCursor(list, [opened_at_ms, row_id]))
  return { ...page, items: page.items.map(toFinding) }
}

function indexOf({ state, skill_name, kind }: FindingsQuery): string {
  if (state === 'open') return 'skill_anomalies_open'
  if (skill_name !== undefined) return 'skill_anomalies_by_skill'
  return kind === undefined ? 'skill_anomalies_by_time' : 'skill_anomalies_by_kind'
}

function conditionsOf(projectId: number, { state, kind, skill_name, since_ms, until_ms }: FindingsQuery) {
  const conditions = [sql`project_id = ${projectId}`]
  if (state === 'open') conditions.push(sql`resolved_at_ms is null`)
  if (state === 'resolved') conditions.push(sql`resolved_at_ms is not null`)
  if (kind !== undefined) conditions.push(sql`kind = ${kind}`)
  if (skill_name !== undefined) conditions.push(sql`skill_name = ${skill_name}`)
  if (since_ms !== undefined) conditions.push(sql`opened_at_ms >= ${since_ms}`)
  if (until_ms !== undefined) conditions.push(sql`opened_at_ms < ${until_ms}`)
  return conditions
}
