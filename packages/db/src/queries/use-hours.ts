import type { Kind, SkillUseSeriesTable } from '@skillwatch/schema'
import { type Selectable, sql } from 'kysely'
import { USE_COUNTERS } from '../roll-ups/uses.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { floorTo, HOUR_MS } from '../time.ts'

const LABELS = ['kind', 'skill_name', 'repository', 'branch', 'agent_name'] as const
export type UseLabel = (typeof LABELS)[number]

export interface UseHoursQuery {
  /** Included, with the whole hour that contains it. */
  since_ms: number
  /** Excluded, except that the hour which contains it is given whole. */
  until_ms: number
  kind?: Kind | undefined
  skill_name?: string | undefined
  repository?: string | undefined
  branch?: string | undefined
  model?: string | undefined
  agent_name?: string | undefined
}

export interface UseHoursOptions {
  /** Labels that sums are kept apart by. */
  readonly by: readonly UseLabel[]
  /** Instants at which prices change, or `hour` for sums of single hours. */
  readonly splitAt: readonly number[] | 'hour'
}

/**
 * Sums of uses of one hour, or of hours between two splits, model and source of cost. Of the other labels
 * those that were asked for are there. An unknown label is empty.
 */
export type UseHour = Pick<
  Selectable<SkillUseSeriesTable>,
  'hour_at_ms' | 'model' | 'cost_source' | (typeof USE_COUNTERS)[number]
> &
  Partial<Pick<SkillUseSeriesTable, UseLabel>>

/** Sums of uses, read from their roll-up. `hour_at_ms` is the last hour of a sum. */
export function useHours(
  reader: Reader,
  projectId: number,
  { since_ms, until_ms, ...labels }: UseHoursQuery,
  { by, splitAt }: UseHoursOptions,
): UseHour[] {
  const columns = sql.join(['model', 'cost_source', ...by].map((column) => sql.ref(column)))
  const split =
    splitAt === 'hour'
      ? sql`hour_at_ms`
      : sql.join([sql`0`, ...splitAt.map((atMs) => sql`(hour_at_ms >= ${atMs})`)], sql` + `)
  const sums = sql.join(USE_COUNTERS.map((count) => sql`sum(${sql.ref(count)}) as ${sql.ref(count)}`))
  const where = [
    sql`project_id = ${projectId}`,
    sql`hour_at_ms >= ${floorTo(since_ms, HOUR_MS)}`,
    sql`hour_at_ms < ${until_ms}`,
  ]
  for (const [label, value] of Object.entries(labels)) {
    if (value !== undefined) where.push(sql`${sql.ref(label)} = ${value}`)
  }
  const query = sql<UseHour>`
    select ${columns}, max(hour_at_ms) as hour_at_ms, ${sums} from skill_use_series
    where ${sql.join(where, sql` and `)} group by ${columns}, ${split}`
  return all(reader.sqlite, query.compile(reader.db))
}
