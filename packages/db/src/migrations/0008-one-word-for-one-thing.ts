import type { Migration, SqlDialect } from './dialect.ts'

/** Columns that change their name: [table, before, after]. */
const COLUMNS = [
  ['skill_invocation', 'span_ms', 'elapsed_ms'],
  ['skill_metrics', 'span_count', 'elapsed_count'],
  ['skill_metrics', 'span_ms_sum', 'elapsed_ms_sum'],
  ['skill_time_series', 'span_count', 'elapsed_count'],
  ['skill_time_series', 'span_ms_sum', 'elapsed_ms_sum'],
  ['skill_activation', 'activation_id', 'observation_id'],
] as const

const OBSERVATION_INDEXES = ['row', 'session'] as const
const OBSERVATION_INDEX_COLUMNS = {
  row: (id: string) => `row_id, ${id}`,
  session: (id: string) => `project_id, session_id, ${id}`,
} as const

const observationIndexes = (table: string, id: string) =>
  OBSERVATION_INDEXES.map(
    (by) => `create index ${table}_by_${by} on ${table} (${OBSERVATION_INDEX_COLUMNS[by](id)})`,
  )

const bucketTable = (d: SqlDialect, measure: string) => `create table skill_duration_bucket (
  project_id ${d.integer} not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  skill_name text not null,
  measure text not null check (measure in ('execution', '${measure}')),
  bucket ${d.integer} not null,
  invocation_count ${d.integer} not null,
  primary key (project_id, kind, skill_name, measure, bucket)
) ${d.keyedTable}`

const rebuildBuckets = (d: SqlDialect, before: string, after: string) => [
  'alter table skill_duration_bucket rename to skill_duration_bucket_before',
  bucketTable(d, after),
  `insert into skill_duration_bucket
  select project_id, kind, skill_name, case measure when '${before}' then '${after}' else measure end, bucket, invocation_count
  from skill_duration_bucket_before`,
  'drop table skill_duration_bucket_before',
]

const SPAN_INDEXES = [
  'create index otel_span_by_parent on otel_span (project_id, trace_id, parent_span_id) where parent_span_id is not null',
  'create index otel_span_by_invocation on otel_span (project_id, invocation_id) where invocation_id is not null',
  'create index otel_span_by_session on otel_span (project_id, session_id) where session_id is not null',
  'create index otel_span_by_expiry on otel_span (expires_at_ms) where expires_at_ms is not null',
]

const spanTable = (d: SqlDialect, roles: readonly string[]) => `create table otel_span (
  project_id ${d.integer} not null,
  trace_id text not null,
  span_id text not null,
  parent_span_id text,
  role text not null check (role in (${roles.map((role) => `'${role}'`).join(', ')})),
  own_id text not null,
  tool_name text,
  session_id text,
  is_session_of_process ${d.integer} not null check (is_session_of_process in (0, 1)),
  invocation_id text,
  received_at_ms ${d.integer} not null,
  fields text not null,
  expires_at_ms ${d.integer},
  primary key (project_id, trace_id, span_id)
) ${d.table}`

const OLD_ROLES = ['call', 'mcp_call', 'divided_call', 'part', 'around']
const NEW_ROLES = ['call', 'mcp_call', 'composite_call', 'phase', 'context']

const rebuildSpans = (d: SqlDialect, before: readonly string[], after: readonly string[]) => [
  'alter table otel_span rename to otel_span_before',
  spanTable(d, after),
  `insert into otel_span
  select project_id, trace_id, span_id, parent_span_id,
    case role ${before.map((role, index) => `when '${role}' then '${after[index]}'`).join(' ')} end,
    own_id, tool_name, session_id, is_session_of_process, invocation_id, received_at_ms, fields, expires_at_ms
  from otel_span_before`,
  // Its indexes go with it, so their names are free again.
  'drop table otel_span_before',
  ...SPAN_INDEXES,
]

/**
 * Gives a field of witness records another name. Whole JSON keys only: values never look like `"span_ms":`.
 */
const renameField = (table: string, before: string, after: string) =>
  `update ${table} set fields = json_remove(json_set(fields, '$.${after}', fields -> '$.${before}'), '$.${before}')
  where fields ->> '$.${before}' is not null`

const TABLES_WITH_FIELDS = ['invocation_witness', 'uncorrelated_observation', 'otel_span']

/** One name for one thing, from SQL to the wire: elapsed time, uncorrelated observations, roles of spans. */
export const oneWordForOneThing: Migration = {
  version: 8,
  name: 'one-word-for-one-thing',
  up: (d) => [
    ...COLUMNS.map(([table, before, after]) => `alter table ${table} rename column ${before} to ${after}`),
    'drop index skill_activation_by_row',
    'drop index skill_activation_by_session',
    'alter table skill_activation rename to uncorrelated_observation',
    ...observationIndexes('uncorrelated_observation', 'observation_id'),
    ...rebuildBuckets(d, 'span', 'elapsed'),
    ...rebuildSpans(d, OLD_ROLES, NEW_ROLES),
    ...TABLES_WITH_FIELDS.map((table) => renameField(table, 'span_ms', 'elapsed_ms')),
  ],
  down: (d) => [
    ...TABLES_WITH_FIELDS.map((table) => renameField(table, 'elapsed_ms', 'span_ms')),
    ...rebuildSpans(d, NEW_ROLES, OLD_ROLES),
    ...rebuildBuckets(d, 'elapsed', 'span'),
    'drop index uncorrelated_observation_by_row',
    'drop index uncorrelated_observation_by_session',
    'alter table uncorrelated_observation rename to skill_activation',
    ...[...COLUMNS]
      .reverse()
      .map(([table, before, after]) => `alter table ${table} rename column ${after} to ${before}`),
    ...observationIndexes('skill_activation', 'activation_id'),
  ],
}
