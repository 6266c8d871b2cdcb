import type { Migration } from './dialect.ts'

/** What an agent asked of a model: tokens and money per session, as the agent states them. Not yet attributed to skills. */
export const apiRequests: Migration = {
  version: 4,
  name: 'api-requests',
  up: (d) => [
    `create table api_request (
  project_id ${d.integer} not null,
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
  primary key (project_id, request_id)
) ${d.keyedTable}`,
    'create index api_request_by_session on api_request (project_id, session_id)',
    'create index api_request_by_time on api_request (project_id, requested_at_ms)',
    'create index api_request_by_user on api_request (project_id, user_hash) where user_hash is not null',
  ],
  down: () => ['drop table api_request'],
}
