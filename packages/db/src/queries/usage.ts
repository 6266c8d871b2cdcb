import type { UsageCounts } from '@skillwatch/schema'
import { sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { HOUR_MS } from '../time.ts'

export interface UsageQuery {
  /** Included, with the whole hour that contains it; everything before `until_ms` when absent. */
  since_ms?: number | undefined
  /** Excluded, except that the hour which contains it is given whole. */
  until_ms: number
  model?: string | undefined
  repository?: string | undefined
  branch?: string | undefined
  agent_name?: string | undefined
  session_id?: string | undefined
}

/** Labels that hours of usage can be split by. */
const USAGE_LABELS = ['agent_name', 'model', 'repository', 'branch', 'session_id'] as const
export type UsageLabel = (typeof USAGE_LABELS)[number]

/**
 * Requests to models of one hour, with the same labels and source of cost. The model is always there, as
 * prices depend on it; of the other labels those that were asked for. An unknown label is empty.
 */
export interface UsageHour extends UsageCounts, Partial<Record<UsageLabel, string>> {
  hour_at_ms: number
  model: string
  cost_source: 'reported' | 'none'
}

const SUMS = [
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
] as const

/** Sums of requests per hour, ascending, read from roll-ups. */
export function usageHours(
  { sqlite, db }: Reader,
  projectId: number,
  { since_ms, until_ms, ...labels }: UsageQuery,
  by: readonly UsageLabel[],
): UsageHour[] {
  const isOfSessions = by.includes('session_id') || labels.session_id !== undefined
  const grouped = ['hour_at_ms', 'cost_source', ...new Set<string>(['model', ...by])]
  const where = [sql`project_id = ${projectId}`, sql`hour_at_ms < ${until_ms}`]
  if (since_ms !== undefined) where.push(sql`hour_at_ms >= ${Math.floor(since_ms / HOUR_MS) * HOUR_MS}`)
  for (const label of USAGE_LABELS) {
    if (labels[label] !== undefined) where.push(sql`${sql.ref(label)} = ${labels[label]}`)
  }
  const columns = sql.join(grouped.map((column) => sql.ref(column)))
  const sums = sql.join(SUMS.map((column) => sql`sum(${sql.ref(column)}) as ${sql.ref(column)}`))
  const query = sql<UsageHour>`select ${columns}, ${sums}
    from ${sql.table(isOfSessions ? 'session_usage' : 'api_usage')}
    where ${sql.join(where, sql` and `)} group by ${columns} order by ${columns}`
  return all(sqlite, query.compile(db))
}
