import { KINDS, type Kind, type OutcomeCounts, type SkillOrder, type SkillSummary } from '@skillwatch/schema'
import { sql } from 'kysely'
import { COUNT_COLUMNS } from '../counts.ts'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { all, first } from '../sqlite/statements.ts'
import { decodeCursor, encodeCursor, type ListOrder, type Page, toPage } from './cursor.ts'
import { endOfPrefix } from './prefix.ts'
import { DAY_MINUTES, METRICS_COLUMNS, type SkillMetricsRow, summarize } from './skill-summary.ts'
import { windowCounts } from './windows.ts'

export interface SkillsQuery {
  kind?: Kind
  skill_name?: string
  /** Only skills whose name begins with it. */
  prefix?: string
  order_by: SkillOrder
  /** `desc` by default: the highest first. */
  order?: ListOrder
  limit: number
  cursor?: string
  /** End of the 1 h and 24 h windows. */
  nowMs: number
}

/**
 * Counts and durations by skill, in an order, ties by kind and name. Reads roll-ups only. The order
 * changes while pages are read: a skill whose number changes between two pages may be on both or on neither.
 * @throws {CursorError}
 */
export function listSkills(reader: Reader, projectId: number, query: SkillsQuery): Page<SkillSummary> {
  return snapshot(reader, () => {
    const { items, next_cursor } = metricsPage(reader, projectId, query)
    return { items: summarize(reader, projectId, items, query.nowMs), next_cursor }
  })
}

/** Counts and durations of one skill, or `undefined` when nothing is recorded of it. */
export function getSkill(
  reader: Reader,
  projectId: number,
  kind: Kind,
  skillName: string,
  nowMs: number,
): SkillSummary | undefined {
  return snapshot(reader, () => {
    const row = getSkillMetrics(reader, projectId, kind, skillName)
    return row && summarize(reader, projectId, [row], nowMs)[0]
  })
}

/** Counts over all skills, or over those of one kind. */
export function totals(reader: Reader, projectId: number, kind?: Kind): OutcomeCounts {
  return first(
    reader.sqlite,
    reader.db
      .selectFrom('skill_metrics')
      .select((eb) =>
        COUNT_COLUMNS.map((column) => eb.fn.coalesce(eb.fn.sum<number>(column), sql<number>`0`).as(column)),
      )
      .where('project_id', '=', projectId)
      .$if(kind !== undefined, (query) => query.where('kind', '=', kind!))
      .compile(),
  )!
}

/**
 * Roll-up rows of the most used skills of a kind. Without windows and quantiles, so cheap enough for every
 * second.
 */
export function topSkillMetrics(
  reader: Reader,
  projectId: number,
  kind: Kind,
  limit: number,
): SkillMetricsRow[] {
  return all(
    reader.sqlite,
    metricsRows(reader, projectId, kind)
      .orderBy('skill_metrics.invocation_count', 'desc')
      .orderBy('skill_metrics.skill_name')
      .limit(limit)
      .compile(),
  )
}

/** The roll-up row of one skill, or `undefined` when nothing is recorded of it. */
export function getSkillMetrics(
  reader: Reader,
  projectId: number,
  kind: Kind,
  skillName: string,
): SkillMetricsRow | undefined {
  return first(
    reader.sqlite,
    metricsRows(reader, projectId, kind).where('skill_metrics.skill_name', '=', skillName).compile(),
  )
}

function metricsRows(reader: Reader, projectId: number, kind?: Kind) {
  return reader.db
    .selectFrom('skill_metrics')
    .select(METRICS_COLUMNS)
    .where('skill_metrics.project_id', '=', projectId)
    .$if(kind !== undefined, (query) => query.where('skill_metrics.kind', '=', kind!))
}

/** The rows that a list selects. Names are searched once for each kind, as the key begins with the kind. */
function selectedSkills(reader: Reader, projectId: number, { kind, skill_name, prefix }: SkillsQuery) {
  const isByName = skill_name !== undefined || prefix !== undefined
  return metricsRows(reader, projectId, kind)
    .$if(kind === undefined && isByName, (rows) => rows.where('skill_metrics.kind', 'in', KINDS))
    .$if(skill_name !== undefined, (rows) => rows.where('skill_metrics.skill_name', '=', skill_name!))
    .$if(prefix !== undefined, (rows) =>
      rows
        .where('skill_metrics.skill_name', '>=', prefix!)
        .where('skill_metrics.skill_name', '<', endOfPrefix(prefix!)),
    )
}

function rankedSkills(reader: Reader, projectId: number, query: SkillsQuery) {
  const rows = selectedSkills(reader, projectId, query)
  switch (query.order_by) {
    case 'invocation_count_24h': {
      const lastDay = windowCounts(reader, projectId, DAY_MINUTES, query.nowMs).as('last_day')
      return rows
        .leftJoin(lastDay, (join) =>
          join
            .onRef('last_day.kind', '=', 'skill_metrics.kind')
            .onRef('last_day.skill_name', '=', 'skill_metrics.skill_name'),
        )
        .select((eb) => eb.fn.coalesce('last_day.invocation_count', sql<number>`0`).as('rank'))
    }
    case 'last_invoked_at':
      return rows.select('skill_metrics.last_invoked_at_ms as rank')
    case 'invocation_count':
    case 'failed_count':
      return rows.select(`skill_metrics.${query.order_by} as rank`)
    default:
      throw new TypeError(`unhandled order ${JSON.stringify(query.order_by satisfies never)}`)
  }
}

function metricsPage(reader: Reader, projectId: number, query: SkillsQuery): Page<SkillMetricsRow> {
  const { order = 'desc' } = query
  const list = order === 'desc' ? `skills:${query.order_by}` : `skills:${query.order_by}:asc`
  const sign = order === 'desc' ? sql`-` : sql`+`
  const ranked = rankedSkills(reader, projectId, query)
  const rows = all(
    reader.sqlite,
    reader.db
      .selectFrom(ranked.as('ranked'))
      .selectAll('ranked')
      .$if(query.cursor !== undefined, (page) => {
        const [rank, kind, name] = decodeCursor(query.cursor!, list, ['integer', 'string', 'string'])
        const place = sql`(${sign}ranked.rank, ranked.kind, ranked.skill_name)`
        return page.where(sql<boolean>`${place} > (${sign}${rank}, ${kind}, ${name})`)
      })
      .orderBy('ranked.rank', order)
      .orderBy('ranked.kind')
      .orderBy('ranked.skill_name')
      .limit(query.limit + 1)
      .compile(),
  )
  return toPage(rows, query.limit, (row) => encodeCursor(list, [row.rank, row.kind, row.skill_name]))
}
