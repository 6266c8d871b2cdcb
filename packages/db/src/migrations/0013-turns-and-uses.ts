import type { Migration, SqlDialect } from './dialect.ts'

const PLACES = ['agent_version', 'model', 'repository', 'branch'] as const
const CALL_COUNTS = ['calls', 'failed_calls', 'rejected_calls', 'retried_calls'] as const
const USE_SUMS = [...CALL_COUNTS, 'work_ms'] as const
const USAGE = [
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
] as const

/** Prompts, the turns that they begin, and what each use of a skill caused. */
export const turnsAndUses: Migration = {
  version: 13,
  name: 'turns-and-uses',
  up: (d) => [
    ...PLACES.map((place) => `alter table skill_invocation add column ${place} text`),
    'alter table api_request add column parent_invocation_id text',
    // Short, as it is in every change: 0 invocation, 1 use, 2 turn.
    `alter table skill_change add column entity ${d.integer} not null default 0 check (entity in (0, 1, 2))`,
    `create table skill_use_tombstone (
  row_id ${d.integer} primary key,
  project_id ${d.integer} not null,
  use_id text not null
) ${d.table}`,
    'drop index api_request_by_session',
    'create index api_request_by_session on api_request (project_id, session_id, prompt_id)',
    `create index skill_invocation_by_prompt on skill_invocation (project_id, session_id, prompt_id)
  where prompt_id is not null`,
    `create index skill_invocation_by_parent on skill_invocation (project_id, parent_invocation_id)
  where prompt_id is null and parent_invocation_id is not null`,
    createPrompt(d),
    'create index prompt_by_time on prompt (project_id, began_at_ms)',
    'create index prompt_by_user on prompt (project_id, user_hash) where user_hash is not null',
    createTurn(d),
    'create index turn_by_session on turn (project_id, session_id, began_at_ms, prompt_id)',
    'create index turn_by_time on turn (project_id, began_at_ms)',
    createUse(d),
    'create index skill_use_by_session on skill_use (project_id, session_id, prompt_id)',
    'create index skill_use_by_skill on skill_use (project_id, skill_name, began_at_ms)',
    'create index skill_use_by_kind on skill_use (project_id, kind, began_at_ms)',
    'create index skill_use_by_time on skill_use (project_id, began_at_ms)',
    createUseSeries(d),
    'create index skill_use_series_by_hour on skill_use_series (project_id, hour_at_ms)',
    createPending(d),
    ...fillPending,
    ...['call_usage', 'session_call_usage'].flatMap((table) => [
      createCallUsage(d, table),
      fillCallUsage(table),
    ]),
  ],
  down: () => [
    ...[
      'session_call_usage',
      'call_usage',
      'pending_turn',
      'skill_use_series',
      'skill_use',
      'turn',
      'prompt',
    ].map((table) => `drop table ${table}`),
    'drop index skill_invocation_by_parent',
    'drop index skill_invocation_by_prompt',
    'drop index api_request_by_session',
    'create index api_request_by_session on api_request (project_id, session_id)',
    'alter table api_request drop column parent_invocation_id',
    'drop table skill_use_tombstone',
    'alter table skill_change drop column entity',
    ...PLACES.map((place) => `alter table skill_invocation drop column ${place}`),
  ],
}

function createPrompt(d: SqlDialect): string {
  return `create table prompt (
  project_id ${d.integer} not null,
  session_id text not null,
  prompt_id text not null,
  user_hash text,
  agent_name text,
  agent_version text,
  repository text,
  branch text,
  began_at_ms ${d.integer},
  interrupted_at_ms ${d.integer},
  primary key (project_id, session_id, prompt_id)
) ${d.keyedTable}`
}

function createTurn(d: SqlDialect): string {
  return `create table turn (
  row_id ${d.neverReusedKey},
  project_id ${d.integer} not null,
  session_id text not null,
  prompt_id text not null,
  began_at_ms ${d.integer} not null,
  last_active_at_ms ${d.integer} not null,
  ended_by text check (ended_by in ('prompt', 'session_end', 'interruption')),
  agent_name text,
  agent_version text,
  repository text,
  branch text,
  uses ${d.integer} not null,
  ${integers(d, CALL_COUNTS)},
  calls_by_kind text not null,
  work text not null,
  unique (project_id, session_id, prompt_id)
) ${d.table}`
}

function createUse(d: SqlDialect): string {
  return `create table skill_use (
  row_id ${d.neverReusedKey},
  project_id ${d.integer} not null,
  use_id text not null,
  kind text not null,
  skill_name text not null,
  session_id text not null,
  prompt_id text,
  parent_use_id text,
  "trigger" text not null,
  outcome text not null,
  began_at_ms ${d.integer} not null,
  ended_at_ms ${d.integer} not null,
  turn_ended ${d.integer} not null check (turn_ended in (0, 1)),
  interrupted ${d.integer} not null check (interrupted in (0, 1)),
  used_again ${d.integer} check (used_again in (0, 1)),
  is_outermost ${d.integer} not null check (is_outermost in (0, 1)),
  agent_name text,
  repository text,
  branch text,
  model text,
  ${integers(d, withNested(USE_SUMS))},
  work text not null,
  work_with_nested text not null,
  unique (project_id, use_id)
) ${d.table}`
}

function createUseSeries(d: SqlDialect): string {
  const uses = ['part_count', 'use_count', 'interrupted_count', 'used_again_count']
  const counts = [...uses, ...withNested([...USE_SUMS, ...USAGE])]
  return `create table skill_use_series (
  project_id ${d.integer} not null,
  kind text not null,
  skill_name text not null,
  hour_at_ms ${d.integer} not null,
  agent_name text not null,
  model text not null,
  repository text not null,
  branch text not null,
  cost_source text not null check (cost_source in ('reported', 'none')),
  ${integers(d, counts)},
  primary key (
    project_id, kind, skill_name, hour_at_ms, agent_name, model, repository, branch, cost_source)
) ${d.keyedTable}`
}

function createPending(d: SqlDialect): string {
  return `create table pending_turn (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  session_id text not null,
  prompt_id text not null,
  invocation_id text not null,
  unique (project_id, session_id, prompt_id, invocation_id)
) ${d.table}`
}

function callUsageKey(table: string): string[] {
  const session = table === 'session_call_usage' ? ['session_id'] : []
  return ['project_id', ...session, 'hour_at_ms', 'agent_name', 'model', 'repository', 'branch']
}

function createCallUsage(d: SqlDialect, table: string): string {
  const columns = callUsageKey(table).map((column) =>
    column.endsWith('_ms') || column === 'project_id'
      ? `${column} ${d.integer} not null`
      : `${column} text not null`,
  )
  return `create table ${table} (
  ${columns.join(',\n  ')},
  ${integers(d, ['invocation_count', 'failed_count'])},
  primary key (${callUsageKey(table).join(', ')})
) ${d.keyedTable}`
}

/** Of calls that were recorded before, neither model nor place is known. */
function fillCallUsage(table: string): string {
  const values: Record<string, string> = {
    hour_at_ms: 'invoked_at_ms - invoked_at_ms % 3600000',
    agent_name: "coalesce(agent_name, '')",
    model: "''",
    repository: "''",
    branch: "''",
  }
  const keys = callUsageKey(table).map((column) => values[column] ?? column)
  return `insert into ${table} select ${keys.join(', ')}, count(*), sum(outcome = 'failed')
  from skill_invocation group by ${keys.filter((key) => key !== "''").join(', ')}`
}

/** What was recorded before has turns and uses too. */
const fillPending = [
  `insert into pending_turn (project_id, session_id, prompt_id, invocation_id)
  select distinct project_id, session_id, prompt_id, '' from skill_invocation where prompt_id is not null
  union select distinct project_id, session_id, prompt_id, '' from api_request where prompt_id is not null`,
  `insert into pending_turn (project_id, session_id, prompt_id, invocation_id)
  select project_id, '', '', invocation_id from skill_invocation
  where prompt_id is null and kind in ('skill', 'command', 'agent')`,
]

function withNested(sums: readonly string[]): string[] {
  return [...sums, ...sums.map((sum) => `${sum}_with_nested`)]
}

function integers(d: SqlDialect, columns: readonly string[]): string {
  return columns.map((column) => `${column} ${d.integer} not null`).join(',\n  ')
}
