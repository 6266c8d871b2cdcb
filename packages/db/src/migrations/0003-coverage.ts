import type { Migration } from './dialect.ts'

/** Who has seen the calls of a session, so that what each witness missed is known without reading the calls. */
export const coverage: Migration = {
  version: 3,
  name: 'coverage',
  up: (d) => [
    `create table session_witness (
  project_id ${d.integer} not null,
  session_id text not null,
  kind text not null check (kind in ('skill', 'command', 'agent', 'mcp', 'tool')),
  outcome text not null check (outcome in ('running', 'completed', 'failed', 'rejected', 'abandoned')),
  witnesses text not null,
  invocation_count ${d.integer} not null,
  primary key (project_id, session_id, kind, outcome, witnesses)
) ${d.keyedTable}`,
    `insert into session_witness
  select project_id, session_id, kind, outcome, witnesses, count(*) from skill_invocation group by 1, 2, 3, 4, 5`,
  ],
  down: () => ['drop table session_witness'],
}
