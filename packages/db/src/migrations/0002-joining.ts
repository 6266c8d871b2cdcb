import type { Migration, SqlDialect } from './dialect.ts'

const columns = (d: SqlDialect) => [
  'prompt_id text',
  `arguments_bytes ${d.integer}`,
  'arguments_hash text',
  `result_bytes ${d.integer}`,
  'result_hash text',
]

/** What counters for Prometheus keep of rows that were deleted, so that they never go down and a recount still holds. */
const deletedCounts = (d: SqlDialect) => [
  ['skill_live_series', `deleted_invocation_count ${d.integer}`],
  ['skill_live_series', `deleted_execution_count ${d.integer}`],
  ['skill_live_series', `deleted_execution_ms_sum ${d.real}`],
  ['skill_live_bucket', `deleted_invocation_count ${d.integer}`],
]

const changeTable = (d: SqlDialect, ops: string) => `create table skill_change (
  project_id ${d.integer} not null,
  "offset" ${d.integer} not null,
  op text not null check (op in (${ops})),
  row_id ${d.integer} not null,
  primary key (project_id, "offset")
) ${d.keyedTable}`

/** Replaces the change log by one that knows other operations; a check cannot be changed in place. */
const rebuildChanges = (d: SqlDialect, ops: string, where: string) => [
  'alter table skill_change rename to skill_change_before',
  changeTable(d, ops),
  `insert into skill_change select * from skill_change_before where ${where}`,
  'drop table skill_change_before',
]

/**
 * Sightings without the id of their call; rows that go away, because they turned out to be part of another or were deleted,
 * and what counters keep of them; which texts a project stores.
 */
export const joining: Migration = {
  version: 2,
  name: 'joining-and-deleting',
  up: (d) => [
    ...columns(d).map((column) => `alter table skill_invocation add column ${column}`),
    ...rebuildChanges(d, `'insert', 'update', 'delete'`, 'true'),
    `alter table project add column store_text text not null default ''`,
    ...deletedCounts(d).map(
      ([table, column]) => `alter table ${table} add column ${column} not null default 0`,
    ),
    'create index skill_invocation_by_user on skill_invocation (project_id, user_hash) where user_hash is not null',
    `create table skill_activation (
  project_id ${d.integer} not null,
  activation_id text not null,
  session_id text not null,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import')),
  received_at_ms ${d.integer} not null,
  fields text not null,
  row_id ${d.integer},
  primary key (project_id, activation_id)
) ${d.keyedTable}`,
    `create index skill_invocation_skill_calls on skill_invocation (project_id, session_id) where kind in ('skill', 'command')`,
    'create index skill_activation_by_session on skill_activation (project_id, session_id)',
    'create index skill_activation_by_row on skill_activation (row_id)',
    `create table skill_tombstone (
  row_id ${d.integer} primary key,
  project_id ${d.integer} not null,
  invocation_id text not null
) ${d.table}`,
  ],
  down: (d) => [
    'drop index skill_invocation_skill_calls',
    'drop table skill_tombstone',
    'drop table skill_activation',
    'drop index skill_invocation_by_user',
    ...deletedCounts(d).map(
      ([table, column]) => `alter table ${table} drop column ${column?.split(' ')[0]}`,
    ),
    'alter table project drop column store_text',
    ...rebuildChanges(d, `'insert', 'update'`, `op <> 'delete'`),
    ...columns(d).map((column) => `alter table skill_invocation drop column ${column.split(' ')[0]}`),
  ],
}
