import type { Migration, SqlDialect } from './dialect.ts'

const KINDS = `('skill', 'command', 'agent', 'mcp', 'tool')`
const OUTCOMES = ['running', 'completed', 'failed', 'rejected', 'abandoned'] as const

/** What each person uses, what is used in each phase, and what persons who use a skill also use. */
export const recommendations: Migration = {
  version: 21,
  name: 'recommendations',
  up: (d) => [
    createRollUp(d, 'skill_user_interactions', 'user_hash'),
    fillRollUp('skill_user_interactions', 'user_hash'),
    createRollUp(d, 'skill_phase_metrics', 'workflow_phase'),
    fillRollUp('skill_phase_metrics', 'workflow_phase'),
    createAffinities(d),
    // To delete what names a skill.
    'create index skill_affinity_by_also on skill_affinity (project_id, also_kind, also_name)',
    `create table skill_affinity_run (
  project_id ${d.integer} primary key,
  computed_at_ms ${d.integer} not null,
  since_at_ms ${d.integer} not null,
  until_at_ms ${d.integer} not null,
  persons ${d.integer} not null
) ${d.table}`,
  ],
  down: () => [
    'drop table skill_affinity_run',
    'drop table skill_affinity',
    'drop table skill_phase_metrics',
    'drop table skill_user_interactions',
  ],
}

/** Calls by outcome of each skill, for each value of a column of the calls. */
function createRollUp(d: SqlDialect, table: string, column: string): string {
  return `create table ${table} (
  project_id ${d.integer} not null,
  ${column} text not null,
  kind text not null check (kind in ${KINDS}),
  skill_name text not null,
  invocation_count ${d.integer} not null,
${OUTCOMES.map((outcome) => `  ${outcome}_count ${d.integer} not null,`).join('\n')}
  primary key (project_id, ${column}, kind, skill_name)
) ${d.keyedTable}`
}

function fillRollUp(table: string, column: string): string {
  const counts = OUTCOMES.map((outcome) => `sum(case when outcome = '${outcome}' then 1 else 0 end)`)
  return `insert into ${table}
  select project_id, ${column}, kind, skill_name, count(*), ${counts.join(', ')}
  from skill_invocation where ${column} is not null group by 1, 2, 3, 4`
}

function createAffinities(d: SqlDialect): string {
  return `create table skill_affinity (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  kind text not null check (kind in ${KINDS}),
  skill_name text not null,
  also_kind text not null check (also_kind in ${KINDS}),
  also_name text not null,
  affinity ${d.real} not null,
  persons ${d.integer} not null check (persons >= 5),
  effectiveness ${d.real} not null,
  last_updated_at_ms ${d.integer} not null,
  unique (project_id, kind, skill_name, also_kind, also_name)
) ${d.table}`
}
