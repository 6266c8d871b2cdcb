import type { Migration, SqlDialect } from './dialect.ts'

/**
 * Tables that are searched by more than their primary key. Where a table is the tree of its primary key, SQLite prefers to walk
 * through all that a project has there over going by another index.
 */
const TABLES = [
  {
    name: 'skill_activation',
    indices: [
      'create index skill_activation_by_session on skill_activation (project_id, session_id, activation_id)',
      'create index skill_activation_by_row on skill_activation (row_id, activation_id)',
    ],
    columns: (d: SqlDialect) => `  project_id ${d.integer} not null,
  activation_id text not null,
  session_id text not null,
  witness text not null check (witness in ('sdk', 'hook', 'otel_log', 'otel_span', 'transcript', 'import')),
  received_at_ms ${d.integer} not null,
  fields text not null,
  row_id ${d.integer},
  primary key (project_id, activation_id)`,
  },
  {
    name: 'api_request',
    indices: [
      'create index api_request_by_session on api_request (project_id, session_id)',
      'create index api_request_by_time on api_request (project_id, requested_at_ms)',
      'create index api_request_by_user on api_request (project_id, user_hash) where user_hash is not null',
    ],
    columns: (d: SqlDialect) => `  project_id ${d.integer} not null,
  request_id text not null,
  session_id text not null,
  prompt_id text,
  user_hash text,
  model text,
  requested_at_ms ${d.integer} not null,
  duration_ms ${d.real} check (duration_ms >= 0),
  input_tokens ${d.integer} check (input_tokens >= 0),
  output_tokens ${d.integer} check (output_tokens >= 0),
  cache_read_tokens ${d.integer} check (cache_read_tokens >= 0),
  cache_creation_tokens ${d.integer} check (cache_creation_tokens >= 0),
  cost_usd ${d.real} check (cost_usd >= 0),
  primary key (project_id, request_id)`,
  },
]

const rebuild = (d: SqlDialect, ending: string) =>
  TABLES.flatMap(({ name, indices, columns }) => [
    `alter table ${name} rename to ${name}_before`,
    `create table ${name} (\n${columns(d)}\n) ${ending}`,
    `insert into ${name} select * from ${name}_before`,
    // Its indices go with it, so their names are free again.
    `drop table ${name}_before`,
    ...indices,
  ])

export const foundByIndex: Migration = {
  version: 7,
  name: 'found-by-index',
  up: (d) => rebuild(d, d.table),
  down: (d) => rebuild(d, d.keyedTable),
}
