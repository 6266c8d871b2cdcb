import type { Migration, SqlDialect } from './dialect.ts'

const outcomes = `'running', 'completed', 'failed', 'rejected', 'abandoned'`
const kinds = `'skill', 'command', 'agent', 'mcp', 'tool'`

/** Rows that an uncorrelated observation may belong to. */
const CORRELATABLE = `kind in ('skill', 'command', 'agent')`

/**
 * A row with one witness whose record says nothing else than the row keeps no record beside it:
 * `sole_record` has a bit for each derivable field that the witness reported. `received_at_ms` is when the
 * first witness was received.
 */
const invocationColumns = (d: SqlDialect) => [
  'alter table skill_invocation add column sole_record integer',
  `alter table skill_invocation add column received_at_ms ${d.integer} not null default 0`,
  `update skill_invocation set received_at_ms = coalesce(
    (select min(received_at_ms) from (
      select received_at_ms from invocation_witness w where w.row_id = skill_invocation.row_id
      union all
      select received_at_ms from uncorrelated_observation o where o.row_id = skill_invocation.row_id)),
    invoked_at_ms)`,
]

const invocationIndexes = [
  'drop index skill_invocation_joinable_calls',
  `create index skill_invocation_correlatable
  on skill_invocation (project_id, session_id, kind, invoked_at_ms) where ${CORRELATABLE}`,
  `create index skill_invocation_running on skill_invocation (project_id, session_id) where outcome = 'running'`,
  `create index skill_invocation_by_end
  on skill_invocation (project_id, session_id, ended_at_ms) where ended_at_ms is not null`,
]

/** What correlation compares, as columns: it reads the observations around an instant by an index. */
const observationColumns = (d: SqlDialect) =>
  [
    'call_kind text',
    'skill_name text',
    'prompt_id text',
    `began_at_ms ${d.integer}`,
    `ended_at_ms ${d.integer}`,
    'correlation text',
  ].map((column) => `alter table uncorrelated_observation add column ${column}`)

const fillObservations = `update uncorrelated_observation set
  call_kind = case
    when coalesce(fields ->> '$.kind', 'skill') <> 'skill' then fields ->> '$.kind'
    when fields ->> '$.trigger' = 'user' then 'command'
    when fields ->> '$.trigger' = 'preload' then null
    else 'skill' end,
  skill_name = fields ->> '$.skill_name',
  prompt_id = fields ->> '$.prompt_id',
  ended_at_ms = fields ->> '$.ended_at_ms',
  began_at_ms = coalesce(
    fields ->> '$.invoked_at_ms',
    cast(round((fields ->> '$.ended_at_ms')
      - coalesce(fields ->> '$.elapsed_ms', fields ->> '$.execution_ms', 0)) as integer),
    received_at_ms)`

const seriesTable = (d: SqlDialect, key: string, rest: string) => `create table skill_live_series (
  series_id ${key},
  project_id ${d.integer} not null,
  kind text not null check (kind in (${kinds})),
  skill_name text not null,
  workflow_phase text not null,
  outcome text not null check (outcome in (${outcomes})),
  invocation_count ${d.integer} not null,
  execution_count ${d.integer} not null,
  execution_ms_sum ${d.real} not null,
  deleted_invocation_count ${d.integer} not null default 0,
  deleted_execution_count ${d.integer} not null default 0,
  deleted_execution_ms_sum ${d.real} not null default 0,
  ${rest}
) ${d.table}`

const SERIES = `series_id, project_id, kind, skill_name, workflow_phase, outcome, invocation_count, execution_count,
  execution_ms_sum, deleted_invocation_count, deleted_execution_count, deleted_execution_ms_sum`

/**
 * A series whose skill was deleted is retired: its name is gone, and its id stays for the rows that it
 * counted.
 */
const seriesUp = (d: SqlDialect) => [
  'alter table skill_live_series rename to skill_live_series_before',
  seriesTable(d, d.neverReusedKey, `retired ${d.integer} not null default 0 check (retired in (0, 1))`),
  `insert into skill_live_series (${SERIES}) select ${SERIES} from skill_live_series_before`,
  'drop table skill_live_series_before',
  `create unique index skill_live_series_by_labels
  on skill_live_series (project_id, kind, skill_name, workflow_phase, outcome) where retired = 0`,
  `insert into skill_live_series (series_id, project_id, kind, skill_name, workflow_phase, outcome, invocation_count,
    execution_count, execution_ms_sum, retired)
  select live_series_id, project_id, 'skill', '', '', 'completed', count(*), count(live_execution_ms),
    coalesce(round(sum(live_execution_ms), 3), 0.0), 1
  from skill_invocation i
  where live_series_id is not null
    and not exists (select 1 from skill_live_series s where s.series_id = i.live_series_id)
  group by live_series_id, project_id`,
]

const seriesDown = (d: SqlDialect) => [
  'drop index skill_live_series_by_labels',
  'alter table skill_live_series rename to skill_live_series_before',
  seriesTable(d, d.autoKey, 'unique (project_id, kind, skill_name, workflow_phase, outcome)'),
  `insert into skill_live_series (${SERIES}) select ${SERIES} from skill_live_series_before where retired = 0`,
  'drop table skill_live_series_before',
]

const tables = (d: SqlDialect) => [
  // The last end of each session that an agent reported: calls that began before it and have no result are
  // abandoned.
  `create table session_end (
  project_id ${d.integer} not null,
  session_id text not null,
  ended_at_ms ${d.integer} not null,
  primary key (project_id, session_id)
) ${d.keyedTable}`,

  `create table session_user (
  project_id ${d.integer} not null,
  user_hash text not null,
  session_id text not null,
  invocation_count ${d.integer} not null,
  primary key (project_id, user_hash, session_id)
) ${d.keyedTable}`,
  `insert into session_user
  select project_id, user_hash, session_id, count(*) from skill_invocation where user_hash is not null group by 1, 2, 3`,

  // Which call started a sub-agent: calls inside it name it as their parent.
  `create table agent_call (
  project_id ${d.integer} not null,
  session_id text not null,
  agent_id text not null,
  invocation_id text not null,
  seen_at_ms ${d.integer} not null,
  primary key (project_id, session_id, agent_id)
) ${d.table}`,
  'create index agent_call_by_time on agent_call (seen_at_ms)',

  // Deletions whose traces are still in the file, and those that are final.
  `create table deletion (
  receipt_id text primary key,
  project_id ${d.integer} not null,
  deleted_at_ms ${d.integer} not null,
  invocations ${d.integer} not null,
  uncorrelated_observations ${d.integer} not null,
  api_requests ${d.integer} not null,
  first_offset ${d.integer},
  last_offset ${d.integer},
  final_by_ms ${d.integer} not null,
  final_at_ms ${d.integer}
) ${d.table}`,
  'create index deletion_pending on deletion (final_by_ms) where final_at_ms is null',

  // Spans whose inner spans are correlated again, in bounded steps.
  `create table span_cascade (
  project_id ${d.integer} not null,
  trace_id text not null,
  span_id text not null,
  after_span_id text not null,
  primary key (project_id, trace_id, span_id)
) ${d.keyedTable}`,
  'alter table otel_span add column inherited text',
  'drop index otel_span_by_parent',
  `create index otel_span_by_parent
  on otel_span (project_id, trace_id, parent_span_id, span_id) where parent_span_id is not null`,
]

/** Fields of a sole record by their bit; the others are in the record when their column is not null. */
const DERIVABLE = ['kind', 'trigger', 'invoked_at_ms', 'ended_at_ms', 'outcome', 'elapsed_ms']
const PLAIN = [
  'skill_name',
  'session_id',
  'prompt_id',
  'agent_name',
  'user_hash',
  'parent_invocation_id',
  'execution_ms',
  'error_type',
  'workflow_path',
  'workflow_phase',
  'workflow_step_id',
  'user_query_bytes',
  'user_query_hash',
  'arguments_bytes',
  'arguments_hash',
  'result_bytes',
  'result_hash',
  'selection_rank',
  'rating',
  'skill_version',
]
const LISTS = ['alternatives_considered', 'follow_up_actions', 'attributes']

/**
 * Gives sole records a row of their own again; patching an object with a null leaves that member out (RFC
 * 7396).
 */
const spellOutSoleRecords = `insert into invocation_witness
  select row_id, witnesses, received_at_ms, json_patch('{}', json_object(
    ${[
      ...DERIVABLE.map((name, bit) => `'${name}', case when sole_record & ${2 ** bit} then "${name}" end`),
      ...PLAIN.map((name) => `'${name}', ${name}`),
      ...LISTS.map((name) => `'${name}', json(${name})`),
    ].join(',\n    ')}))
  from skill_invocation where sole_record is not null`

/** What the recording core needs to look things up by index, in bounded steps, and to keep less on disk. */
export const recordingCore: Migration = {
  version: 9,
  name: 'recording-core',
  up: (d) => [
    ...invocationColumns(d),
    ...invocationIndexes,
    ...observationColumns(d),
    fillObservations,
    'drop index uncorrelated_observation_by_session',
    `create index uncorrelated_observation_by_session
  on uncorrelated_observation (project_id, session_id, call_kind, began_at_ms)`,
    ...tables(d),
    ...seriesUp(d),
  ],
  down: (d) => [
    spellOutSoleRecords,
    ...seriesDown(d),
    'alter table otel_span drop column inherited',
    'drop index otel_span_by_parent',
    'create index otel_span_by_parent on otel_span (project_id, trace_id, parent_span_id) where parent_span_id is not null',
    ...['span_cascade', 'deletion', 'agent_call', 'session_user', 'session_end'].map(
      (table) => `drop table ${table}`,
    ),
    'drop index uncorrelated_observation_by_session',
    `create index uncorrelated_observation_by_session
  on uncorrelated_observation (project_id, session_id, observation_id)`,
    ...['call_kind', 'skill_name', 'prompt_id', 'began_at_ms', 'ended_at_ms', 'correlation'].map(
      (column) => `alter table uncorrelated_observation drop column ${column}`,
    ),
    'drop index skill_invocation_by_end',
    'drop index skill_invocation_running',
    'drop index skill_invocation_correlatable',
    `create index skill_invocation_joinable_calls
  on skill_invocation (project_id, session_id) where kind in ('skill', 'command', 'agent')`,
    'alter table skill_invocation drop column received_at_ms',
    'alter table skill_invocation drop column sole_record',
  ],
}
