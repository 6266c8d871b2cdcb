import type { Migration, SqlDialect } from './dialect.ts'

const LABELS = ['agent_name', 'model', 'repository', 'branch'] as const
const TOKENS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens'] as const

/** Roll-ups of requests to models, and where the requests were made. */
export const usage: Migration = {
  version: 11,
  name: 'usage',
  up: (d) => [
    'alter table api_request add column agent_name text',
    'alter table api_request add column repository text',
    'alter table api_request add column branch text',
    ...['api_usage', 'session_usage'].flatMap((table) => [createRollUp(d, table), fillRollUp(table)]),
  ],
  down: () => [
    'drop table session_usage',
    'drop table api_usage',
    'alter table api_request drop column branch',
    'alter table api_request drop column repository',
    'alter table api_request drop column agent_name',
  ],
}

function keyOf(table: string): string[] {
  const session = table === 'session_usage' ? ['session_id'] : []
  return ['project_id', ...session, 'hour_at_ms', ...LABELS, 'cost_source']
}

function createRollUp(d: SqlDialect, table: string): string {
  const integers = ['request_count', ...TOKENS, 'cost_micro_usd']
  const columns = keyOf(table).map((column) =>
    column.endsWith('_ms') || column === 'project_id' ? `${column} ${d.integer} not null` : text(column),
  )
  return `create table ${table} (
  ${[...columns, ...integers.map((column) => `${column} ${d.integer} not null`)].join(',\n  ')},
  primary key (${keyOf(table).join(', ')})
) ${d.keyedTable}`
}

function text(column: string): string {
  const check = column === 'cost_source' ? " check (cost_source in ('reported', 'none'))" : ''
  return `${column} text not null${check}`
}

function fillRollUp(table: string): string {
  const values: Record<string, string> = {
    hour_at_ms: 'requested_at_ms - requested_at_ms % 3600000',
    cost_source: "case when cost_usd is null then 'none' else 'reported' end",
    ...Object.fromEntries(LABELS.map((label) => [label, `coalesce(${label}, '')`])),
  }
  const sums = [
    'count(*)',
    ...TOKENS.map((column) => `coalesce(sum(${column}), 0)`),
    'cast(coalesce(sum(round(cost_usd * 1000000)), 0) as integer)',
  ]
  const keys = keyOf(table).map((column) => values[column] ?? column)
  return `insert into ${table} select ${[...keys, ...sums].join(', ')} from api_request
  group by ${keys.map((_, index) => index + 1).join(', ')}`
}
