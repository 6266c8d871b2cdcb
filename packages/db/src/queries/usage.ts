import type { Kind, UsageCounts } from '@skillwatch/schema'
import { sql } from 'kysely'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { floorTo, HOUR_MS } from '../time.ts'

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
 * Requests to models and calls of one hour, with the same labels and source of cost. The model is always
 * there, as prices depend on it; of the other labels those that were asked for. An unknown label is empty.
 */
export interface UsageHour extends UsageCounts, Partial<Record<UsageLabel, string>> {
  hour_at_ms: number
  model: string
  cost_source: 'reported' | 'none'
  calls: number
  failed_calls: number
  /** The skill whose uses caused them; null: none, or not asked for. */
  skill: { readonly kind: Kind; readonly skill_name: string } | null
}

const SUMS = [
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
] as const

/** Sums of requests and calls per hour, read from roll-ups. */
export function usageHours(
  reader: Reader,
  projectId: number,
  query: UsageQuery,
  by: readonly UsageLabel[],
): UsageHour[] {
  const isOfSessions = by.includes('session_id') || query.session_id !== undefined
  const labels = [...new Set<string>(['hour_at_ms', 'model', ...by])]
  const [requests, calls] = isOfSessions
    ? (['session_usage', 'session_call_usage'] as const)
    : (['api_usage', 'call_usage'] as const)
  const none = { calls: 0, failed_calls: 0, skill: null }
  return [
    ...sums<UsageHour>(reader, projectId, query, {
      table: requests,
      labels: [...labels, 'cost_source'],
      sums: SUMS.map((sum) => [sum, sum]),
    }).map((row) => ({ ...row, ...none })),
    ...sums<UsageHour>(reader, projectId, query, {
      table: calls,
      labels,
      sums: CALL_SUMS,
    }).map((row): UsageHour => ({ ...NO_REQUESTS, ...row, cost_source: 'none', skill: null })),
  ]
}

/**
 * The same, split by the skill whose uses caused them. What no use caused is what is left of the sums.
 * Not for single sessions.
 */
export function usageHoursBySkill(
  reader: Reader,
  projectId: number,
  query: Omit<UsageQuery, 'session_id'>,
  by: readonly Exclude<UsageLabel, 'session_id'>[],
): UsageHour[] {
  const all = usageHours(reader, projectId, query, by)
  const labels = [...new Set<string>(['hour_at_ms', 'model', ...by, 'cost_source'])]
  const caused = sums<UsageHour & { kind: Kind; skill_name: string }>(reader, projectId, query, {
    table: 'skill_use_series',
    labels: [...labels, 'kind', 'skill_name'],
    sums: [...SUMS, 'calls', 'failed_calls'].map((sum) => [sum, sum]),
  }).map(({ kind, skill_name, ...hour }): UsageHour => ({ ...hour, skill: { kind, skill_name } }))
  return [...caused, ...all, ...caused.map(takenBack)]
}

/** Takes what a use caused out of what no use caused. */
function takenBack(hour: UsageHour): UsageHour {
  const negative = [...SUMS, 'calls' as const, 'failed_calls' as const].map((sum) => [sum, -hour[sum]])
  return { ...hour, ...Object.fromEntries(negative), skill: null }
}

const CALL_SUMS = [
  ['invocation_count', 'calls'],
  ['failed_count', 'failed_calls'],
] as const

const NO_REQUESTS = Object.fromEntries(SUMS.map((sum) => [sum, 0])) as Record<keyof UsageCounts, number>

interface SummedTable {
  readonly table: string
  readonly labels: readonly string[]
  /** Columns and the names of their sums. */
  readonly sums: readonly (readonly [column: string, name: string])[]
}

function sums<Row>(
  { sqlite, db }: Reader,
  projectId: number,
  { since_ms, until_ms, ...wanted }: UsageQuery,
  { table, labels, sums: summed }: SummedTable,
): Row[] {
  const where = [sql`project_id = ${projectId}`, sql`hour_at_ms < ${until_ms}`]
  if (since_ms !== undefined) where.push(sql`hour_at_ms >= ${floorTo(since_ms, HOUR_MS)}`)
  for (const label of USAGE_LABELS) {
    if (wanted[label] !== undefined) where.push(sql`${sql.ref(label)} = ${wanted[label]}`)
  }
  const columns = sql.join(labels.map((column) => sql.ref(column)))
  const totals = sql.join(summed.map(([column, name]) => sql`sum(${sql.ref(column)}) as ${sql.ref(name)}`))
  const query = sql<Row>`select ${columns}, ${totals} from ${sql.table(table)}
    where ${sql.join(where, sql` and `)} group by ${columns} order by ${columns}`
  return all(sqlite, query.compile(db))
}
