import type { Migration, SqlDialect } from './dialect.ts'

const DAY_MS = 86_400_000
const PERIOD_DAYS = [1, 8, 32]

const SUMS = [
  'calls',
  'failed_calls',
  'rejected_calls',
  'retried_calls',
  'work_ms',
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
]
const COUNTERS = [
  'part_count',
  'use_count',
  'interrupted_count',
  'used_again_count',
  ...SUMS,
  ...SUMS.map(withNested),
]

const SUMMED = COUNTERS.map((counter) => `sum(${counter})`).join(', ')

const SKILL_LABELS = ['kind', 'skill_name', 'agent_name', 'model', 'cost_source']
const PLACE_LABELS = ['kind', 'agent_name', 'model', 'repository', 'branch', 'cost_source']

/** Sums of `skill_use_series` over longer times and fewer labels, from which long windows are read. */
export const usesByPeriod: Migration = {
  version: 15,
  name: 'uses-by-period',
  up: (d) => [
    createTable(d, 'skill_use_period', ['period_days', 'period_at_ms'], SKILL_LABELS),
    ...PERIOD_DAYS.map(
      (days) => `insert into skill_use_period
    (project_id, period_days, period_at_ms, ${[...SKILL_LABELS, ...COUNTERS].join(', ')})
  select project_id, ${days}, ${beginOf(days)}, ${SKILL_LABELS.join(', ')}, ${SUMMED}
  from skill_use_series group by project_id, ${beginOf(days)}, ${SKILL_LABELS.join(', ')}`,
    ),
    createTable(d, 'place_use_day', ['day_at_ms'], PLACE_LABELS),
    `insert into place_use_day (project_id, day_at_ms, ${[...PLACE_LABELS, ...COUNTERS].join(', ')})
  select project_id, ${beginOf(1)}, ${PLACE_LABELS.join(', ')}, ${SUMMED}
  from skill_use_series group by project_id, ${beginOf(1)}, ${PLACE_LABELS.join(', ')}`,
  ],
  down: () => ['drop table place_use_day', 'drop table skill_use_period'],
}

function withNested(sum: string): string {
  return `${sum}_with_nested`
}

function beginOf(days: number): string {
  return `hour_at_ms - hour_at_ms % ${days * DAY_MS}`
}

function createTable(
  d: SqlDialect,
  table: string,
  time: readonly string[],
  labels: readonly string[],
): string {
  return `create table ${table} (
  project_id ${d.integer} not null,
  ${time.map((column) => `${column} ${d.integer} not null`).join(',\n  ')},
  ${labels.map((column) => `${column} text not null`).join(',\n  ')},
  ${COUNTERS.map((column) => `${column} ${d.integer} not null`).join(',\n  ')},
  primary key (project_id, ${[...time, ...labels].join(', ')})
) ${d.keyedTable}`
}
