import type { Migration } from './dialect.ts'

/** `session_agent` names the sessions of an agent, in which what it reported is found by session. */
export const agentsBySession: Migration = {
  version: 14,
  name: 'agents-by-session',
  up: (d) => [
    `create table session_agent (
  project_id ${d.integer} not null,
  agent_name text not null,
  session_id text not null,
  invocation_count ${d.integer} not null,
  primary key (project_id, agent_name, session_id)
) ${d.keyedTable}`,
    `insert into session_agent
  select project_id, agent_name, session_id, count(*) from skill_invocation
  where agent_name is not null group by 1, 2, 3`,
    'create index session_usage_by_agent on session_usage (project_id, agent_name, session_id)',
    `create index prompt_by_agent on prompt (project_id, agent_name)
  where agent_name is not null`,
  ],
  down: () => [
    'drop index prompt_by_agent',
    'drop index session_usage_by_agent',
    'drop table session_agent',
  ],
}
