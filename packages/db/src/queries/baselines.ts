import {
  type Baseline,
  type BaselineRow,
  type BaselineRun,
  type BaselineRunRow,
  KINDS,
  type Kind,
} from '@skillwatch/schema'
import { sql } from 'kysely'
import { toBaseline, toBaselineRun } from '../baselines/to-baseline.ts'
import type { Reader } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type ListOrder, type Page, toPage } from './cursor.ts'

export interface BaselinesQuery {
  kind?: Kind
  skill_name?: string
  order: ListOrder
  limit: number
  cursor?: string
}

/**
 * What is usual for skills over all persons, by kind and name, in the order of the key.
 * @throws {CursorError}
 */
export function listBaselines(reader: Reader, projectId: number, query: BaselinesQuery): Page<Baseline> {
  const { kind, skill_name, limit, cursor, order } = query
  const list = `baselines:${order}`
  const [sign, direction] = order === 'asc' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`]
  const conditions = [sql`project_id = ${projectId}`]
  if (kind !== undefined) conditions.push(sql`kind = ${kind}`)
  // One search for each kind, as the key has the kind before the name.
  else if (skill_name !== undefined) conditions.push(sql`kind in (${sql.join([...KINDS])})`)
  if (skill_name !== undefined) conditions.push(sql`skill_name = ${skill_name}`)
  if (cursor !== undefined) {
    const [lastKind, lastName] = decodeCursor(cursor, list, ['string', 'string'])
    conditions.push(sql`(kind, skill_name) ${sign} (${lastKind}, ${lastName})`)
  }
  const statement = sql<BaselineRow>`
    select * from skill_community_baselines where ${sql.join(conditions, sql` and `)}
    order by kind ${direction}, skill_name ${direction} limit ${limit + 1}`
  const rows = all(reader.sqlite, statement.compile(reader.db))
  const page = toPage(rows, limit, (row) => encodeCursor(list, [row.kind, row.skill_name]))
  return { ...page, items: page.items.map(toBaseline) }
}

/** The run that the baselines of a project are from; undefined before the first one. */
export function getBaselineRun(reader: Reader, projectId: number): BaselineRun | undefined {
  const statement = sql<BaselineRunRow>`select * from skill_baseline_run where project_id = ${projectId}`
  const row = first(reader.sqlite, statement.compile(reader.db))
  return row && toBaselineRun(row)
}
