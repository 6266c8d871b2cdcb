import type { Migration } from './dialect.ts'

/**
 * Spans by themselves, as those of one call may come in different requests and in any order. What was stated by spans before is
 * kept as one span per call: the parts can no longer be told from each other.
 */
export const spans: Migration = {
  version: 5,
  name: 'spans',
  up: (d) => [
    `create table otel_span (
  project_id ${d.integer} not null,
  trace_id text not null,
  span_id text not null,
  parent_span_id text,
  role text not null check (role in ('call', 'mcp_call', 'divided_call', 'part', 'around')),
  own_id text not null,
  tool_name text,
  session_id text,
  is_session_of_process ${d.integer} not null check (is_session_of_process in (0, 1)),
  invocation_id text,
  received_at_ms ${d.integer} not null,
  fields text not null,
  expires_at_ms ${d.integer},
  primary key (project_id, trace_id, span_id)
) ${d.table}`,
    `insert into otel_span
  select i.project_id, '', i.invocation_id, null, 'call', i.invocation_id, null, i.session_id, 0, i.invocation_id,
    w.received_at_ms, w.fields, null
  from invocation_witness w join skill_invocation i on i.row_id = w.row_id
  where w.witness = 'otel_span'`,
    `create index otel_span_by_parent on otel_span (project_id, trace_id, parent_span_id) where parent_span_id is not null`,
    'create index otel_span_by_invocation on otel_span (project_id, invocation_id) where invocation_id is not null',
    'create index otel_span_by_session on otel_span (project_id, session_id) where session_id is not null',
    'create index otel_span_by_expiry on otel_span (expires_at_ms) where expires_at_ms is not null',
  ],
  down: () => ['drop table otel_span'],
}
