import type { Kind, UsageCounts } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import { type RawBuilder, sql } from 'kysely'
import { type Reader, snapshot } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { floorTo, HOUR_MS } from '../time.ts'
import { useHours } from './use-hours.ts'

export interface UsageQuery {
  /** Included, with the whole hour that contains it; everything before `until_ms` when absent. */
  since_ms?: number | undefined
  /** Excluded, except that the hour which contains it is given whole. */
  until_ms: number
  model?: string | undefined
  repository?: string | undefined
  branch?: string | undefined
  agent_name?: string | undefined
  session_ids?: readonly string[] | undefined
}

/** A label that hours of usage can be split by. */
export type UsageLabel = 'agent_name' | 'model' | 'repository' | 'branch' | 'session_id'

export interface UsageHoursOptions<Label extends UsageLabel = UsageLabel> {
  /** Labels that sums are kept apart by. */
  readonly by: readonly Label[]
  /** The instants at which prices of models change, or `hour` for sums of single hours. */
  readonly splitAt: Pricing['changesAtMs'] | 'hour'
}

/**
 * Requests to models and calls of one hour, or of hours between which no price changes, with the same labels
 * and source of cost. The model is always there, as prices depend on it; of the other labels those that were
 * asked for. An unknown label is empty.
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

/** Sums of requests and calls, read from roll-ups. `hour_at_ms` is the last hour of a sum. */
export function usageHours(
  reader: Reader,
  projectId: number,
  query: UsageQuery,
  { by, splitAt }: UsageHoursOptions,
): UsageHour[] {
  const isOfSessions = by.includes('session_id') || query.session_ids !== undefined
  const labels = [...new Set<string>(['model', ...by])]
  const [requests, calls] = isOfSessions
    ? (['session_usage', 'session_call_usage'] as const)
    : (['api_usage', 'call_usage'] as const)
  const none = { calls: 0, failed_calls: 0, skill: null }
  return snapshot(reader, () => [
    ...sums<UsageHour>(reader, projectId, query, {
      table: requests,
      labels: [...labels, 'cost_source'],
      sums: SUMS.map((sum) => [sum, sum]),
      splitAt,
    }).map((row) => ({ ...row, ...none })),
    ...sums<UsageHour>(reader, projectId, query, {
      table: calls,
      labels,
      sums: CALL_SUMS,
      splitAt,
    }).map((row): UsageHour => ({ ...NO_REQUESTS, ...row, cost_source: 'none', skill: null })),
  ])
}

/**
 * The same, split by the skill whose uses caused them. What no use caused is what is left of the sums.
 * Not for single sessions.
 */
export function usageHoursBySkill(
  reader: Reader,
  projectId: number,
  query: Omit<UsageQuery, 'session_ids'> & { since_ms: number },
  { by, splitAt }: UsageHoursOptions<Exclude<UsageLabel, 'session_id'>>,
): UsageHour[] {
  return snapshot(reader, () => {
    const all = usageHours(reader, projectId, query, { by, splitAt })
    const labels = by.filter((label) => label !== 'model')
    const caused = useHours(reader, projectId, query, {
      by: [...labels, 'kind', 'skill_name'],
      counters: CAUSED_SUMS,
      splitAt,
    }).map(
      ({ kind, skill_name, ...hour }): UsageHour => ({
        ...hour,
        skill: { kind: kind!, skill_name: skill_name! },
      }),
    )
    return [...caused, ...all, ...takenBack(caused, labels)]
  })
}

const CAUSED_SUMS = [...SUMS, 'calls', 'failed_calls'] as const

/** Takes what uses caused out of what no use caused. The skills are many, so they are added up first. */
function takenBack(caused: readonly UsageHour[], labels: readonly UsageLabel[]): UsageHour[] {
  const byKey = new Map<string, UsageHour>()
  for (const hour of caused) {
    const key = [hour.hour_at_ms, hour.model, hour.cost_source, ...labels.map((label) => hour[label])].join(
      '\0',
    )
    const sum = byKey.get(key) ?? { ...hour, ...NOTHING, skill: null }
    for (const column of CAUSED_SUMS) sum[column] -= hour[column]
    byKey.set(key, sum)
  }
  return [...byKey.values()]
}

const CALL_SUMS = [
  ['invocation_count', 'calls'],
  ['failed_count', 'failed_calls'],
] as const

const NO_REQUESTS = Object.fromEntries(SUMS.map((sum) => [sum, 0])) as Record<keyof UsageCounts, number>
const NOTHING = { ...NO_REQUESTS, calls: 0, failed_calls: 0 }

interface SummedTable {
  readonly table: string
  readonly labels: readonly string[]
  /** Columns and the names of their sums. */
  readonly sums: readonly (readonly [column: string, name: string])[]
  readonly splitAt: UsageHoursOptions['splitAt']
}

function sums<Row>(
  { sqlite, db }: Reader,
  projectId: number,
  { since_ms, until_ms, session_ids, ...wanted }: UsageQuery,
  { table, labels, sums: summed, splitAt }: SummedTable,
): Row[] {
  const where = [sql`project_id = ${projectId}`, sql`hour_at_ms < ${until_ms}`]
  if (since_ms !== undefined) where.push(sql`hour_at_ms >= ${floorTo(since_ms, HOUR_MS)}`)
  if (session_ids !== undefined) where.push(sql`session_id in (${sql.join(session_ids)})`)
  for (const [label, value] of Object.entries(wanted)) {
    if (value !== undefined) where.push(sql`${sql.ref(label)} = ${value}`)
  }
  const columns = sql.join(labels.map((column) => sql.ref(column)))
  const totals = sql.join(summed.map(([column, name]) => sql`sum(${sql.ref(column)}) as ${sql.ref(name)}`))
  const groups = sql.join([...splitOf(splitAt, { since_ms, until_ms }), columns])
  const query = sql<Row>`select max(hour_at_ms) as hour_at_ms, ${columns}, ${totals} from ${sql.table(table)}
    where ${sql.join(where, sql` and `)} group by ${groups} order by ${groups}`
  return all(sqlite, query.compile(db))
}

/** What hours are kept apart by: themselves, or the number of changes of prices before them. */
function splitOf(
  splitAt: UsageHoursOptions['splitAt'],
  { since_ms = 0, until_ms }: Pick<UsageQuery, 'since_ms' | 'until_ms'>,
): RawBuilder<unknown>[] {
  if (splitAt === 'hour') return [sql`hour_at_ms`]
  const changes = splitAt().filter((atMs) => atMs > since_ms && atMs < until_ms)
  if (changes.length === 0) return []
  return [
    sql.join(
      changes.map((atMs) => sql`(hour_at_ms >= ${atMs})`),
      sql` + `,
    ),
  ]
}
