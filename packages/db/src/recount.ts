import { DURATION_BOUNDS_MS, WITNESSES } from '@skillwatch/schema'
import { oldestMinute } from './roll-ups/apply.ts'
import { HOUR_MS, MINUTE_MS } from './roll-ups/deltas.ts'
import { type Reader, snapshot } from './sqlite/open.ts'

/** A row of a roll-up that is not what counting gives. A side is undefined when it has no such row. */
export interface Difference {
  table: string
  key: Record<string, unknown>
  stored: Record<string, unknown> | undefined
  counted: Record<string, unknown> | undefined
}

interface Check {
  table: string
  key: string[]
  values: string[]
  /** Which rows of the table are compared; all unless said otherwise. */
  where?: string
  counted: string
  /** What stands for the table, where not all of it is counted from rows. */
  stored?: string
}

const OUTCOMES = ['running', 'completed', 'failed', 'rejected', 'abandoned']
const COUNTS = ['invocation_count', ...OUTCOMES.map((outcome) => `${outcome}_count`)]
const DURATIONS = ['execution_count', 'execution_ms_sum', 'elapsed_count', 'elapsed_ms_sum']

const countedOutcomes = `count(*) as invocation_count, ${OUTCOMES.map((outcome) => `sum(outcome = '${outcome}') as ${outcome}_count`).join(', ')}`
const worked = (column: string) => `case when outcome in ('completed', 'failed') then ${column} end`
const countedDurations = ['execution', 'elapsed']
  .map(
    (name) =>
      `count(${worked(`${name}_ms`)}) as ${name}_count, coalesce(round(sum(${worked(`${name}_ms`)}), 3), 0.0) as ${name}_ms_sum`,
  )
  .join(', ')
const bucketOf = (column: string) =>
  `case ${DURATION_BOUNDS_MS.map((bound, index) => (Number.isFinite(bound) ? `when ${column} <= ${bound} then ${index}` : `else ${index}`)).join(' ')} end`
const floorTo = (unitMs: number) => `cast(floor(invoked_at_ms * 1.0 / ${unitMs}) as integer) * ${unitMs}`

/** Every roll-up beside the query that counts the same from the rows. */
function checks(nowMs: number): Check[] {
  const skill = ['project_id', 'kind', 'skill_name']
  const groupBy = (columns: string[]) => `group by ${columns.map((_, index) => index + 1).join(', ')}`
  const minuteSince = oldestMinute(nowMs)
  return [
    {
      table: 'skill_metrics',
      key: skill,
      values: [...COUNTS, ...DURATIONS, 'first_invoked_at_ms', 'last_invoked_at_ms'],
      counted: `select ${skill}, ${countedOutcomes}, ${countedDurations}, min(invoked_at_ms) as first_invoked_at_ms, max(invoked_at_ms) as last_invoked_at_ms
        from skill_invocation ${groupBy(skill)}`,
    },
    {
      table: 'skill_time_series',
      key: [...skill, 'hour_at_ms'],
      values: [...COUNTS, ...DURATIONS],
      counted: `select ${skill}, ${floorTo(HOUR_MS)} as hour_at_ms, ${countedOutcomes}, ${countedDurations} from skill_invocation ${groupBy([...skill, 'hour_at_ms'])}`,
    },
    {
      table: 'skill_metrics_cache',
      key: [...skill, 'minute_at_ms'],
      values: COUNTS,
      where: `minute_at_ms >= ${minuteSince}`,
      counted: `select ${skill}, ${floorTo(MINUTE_MS)} as minute_at_ms, ${countedOutcomes} from skill_invocation
        where invoked_at_ms >= ${minuteSince} ${groupBy([...skill, 'minute_at_ms'])}`,
    },
    {
      table: 'skill_duration_bucket',
      key: [...skill, 'measure', 'bucket'],
      values: ['invocation_count'],
      counted: ['execution', 'elapsed']
        .map(
          (
            measure,
          ) => `select ${skill}, '${measure}' as measure, ${bucketOf(`${measure}_ms`)} as bucket, count(*) as invocation_count from skill_invocation
            where ${measure}_ms is not null and outcome in ('completed', 'failed') ${groupBy([...skill, 'measure', 'bucket'])}`,
        )
        .join(' union all '),
      where: 'invocation_count <> 0',
    },
    {
      table: 'session',
      key: ['project_id', 'session_id'],
      values: [...COUNTS, 'first_invoked_at_ms', 'last_active_at_ms'],
      counted: `select project_id, session_id, ${countedOutcomes}, min(invoked_at_ms) as first_invoked_at_ms,
        max(max(invoked_at_ms, coalesce(ended_at_ms, 0))) as last_active_at_ms from skill_invocation group by 1, 2`,
    },
    {
      table: 'session_skills',
      key: ['project_id', 'session_id', 'kind', 'skill_name'],
      values: ['invocation_count'],
      counted:
        'select project_id, session_id, kind, skill_name, count(*) as invocation_count from skill_invocation group by 1, 2, 3, 4',
    },
    {
      table: 'witness_outcome',
      key: ['project_id', 'witness', 'outcome'],
      values: ['invocation_count'],
      counted: WITNESSES.map(
        (
          witness,
        ) => `select project_id, '${witness}' as witness, outcome, count(*) as invocation_count from skill_invocation
          where instr(',' || witnesses || ',', ',${witness},') > 0 group by 1, 2, 3`,
      ).join(' union all '),
    },
    {
      table: 'session_witness',
      key: ['project_id', 'session_id', 'kind', 'outcome', 'witnesses'],
      values: ['invocation_count'],
      counted:
        'select project_id, session_id, kind, outcome, witnesses, count(*) as invocation_count from skill_invocation group by 1, 2, 3, 4, 5',
    },
    {
      table: 'skill_live_series',
      key: ['series_id'],
      values: ['invocation_count', 'execution_count', 'execution_ms_sum'],
      stored: `(select series_id, invocation_count - deleted_invocation_count as invocation_count, execution_count - deleted_execution_count as execution_count,
        round(execution_ms_sum - deleted_execution_ms_sum, 3) as execution_ms_sum from skill_live_series)`,
      where: 'invocation_count > 0',
      counted: `select live_series_id as series_id, count(*) as invocation_count, count(live_execution_ms) as execution_count,
        coalesce(round(sum(live_execution_ms), 3), 0.0) as execution_ms_sum from skill_invocation where live_series_id is not null group by 1`,
    },
    {
      table: 'skill_live_bucket',
      key: ['series_id', 'bucket'],
      values: ['invocation_count'],
      stored:
        '(select series_id, bucket, invocation_count - deleted_invocation_count as invocation_count from skill_live_bucket)',
      where: 'invocation_count > 0',
      counted: `select live_series_id as series_id, ${bucketOf('live_execution_ms')} as bucket, count(*) as invocation_count
        from skill_invocation where live_execution_ms is not null group by 1, 2`,
    },
    {
      table: 'stream',
      key: ['project_id'],
      values: ['last_offset', 'changes'],
      stored: '(select project_id, last_offset, last_offset - oldest_offset + 1 as changes from stream)',
      where: 'last_offset > 0',
      // A dense log holds as many changes as lie between its ends (R5).
      counted:
        'select project_id, max("offset") as last_offset, count(*) as changes from skill_change group by 1',
    },
  ]
}

/**
 * Counts every roll-up anew from the rows and compares (R6); also that the change log has no hole (R5). Reads one
 * snapshot, so that it may run beside a writer. Cost follows history: for proofs and repairs, not for requests.
 * @returns the differences, empty when everything agrees; each table names at most 100
 */
export function recount(reader: Reader, nowMs: number): Difference[] {
  return snapshot(reader, () => checks(nowMs).flatMap((check) => compare(reader, check)))
}

function compare(
  { sqlite }: Reader,
  { table, key, values, stored: source = table, where = 'true', counted }: Check,
): Difference[] {
  const columns = [...key, ...values].join(', ')
  const stored = `select ${columns} from ${source} where ${where}`
  const expected = `select ${columns} from (${counted})`
  const rows = sqlite
    .prepare(
      `select * from (select 'stored' as side, * from (${stored} except ${expected}) union all select 'counted' as side, * from (${expected} except ${stored})) limit 200`,
    )
    .all() as ({ side: 'stored' | 'counted' } & Record<string, unknown>)[]
  const differences = new Map<string, Difference>()
  for (const { side, ...row } of rows) {
    const id = JSON.stringify(key.map((column) => row[column]))
    const difference = differences.get(id) ?? {
      table,
      key: pick(row, key),
      stored: undefined,
      counted: undefined,
    }
    difference[side] = pick(row, values)
    differences.set(id, difference)
  }
  return [...differences.values()].slice(0, 100)
}

function pick(row: Record<string, unknown>, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column, row[column]]))
}
