import type { Migration, SqlDialect } from './dialect.ts'

const KINDS = `('skill', 'command', 'agent', 'mcp', 'tool')`
const UNIT = `unit text not null check (unit in ('session', 'turn'))`

/** Which skills are used together, and what follows what. */
export const dependencies: Migration = {
  version: 18,
  name: 'dependencies',
  up: (d) => [
    createReports(d),
    createDependencies(d),
    'create index skill_dependencies_by_lift on skill_dependencies (project_id, unit, lift_score, row_id)',
    // To delete what names a skill.
    'create index skill_dependencies_by_a on skill_dependencies (project_id, skill_a)',
    'create index skill_dependencies_by_b on skill_dependencies (project_id, skill_b)',
    createTransitions(d),
    'create index skill_transition_by_lift on skill_transition (project_id, unit, lift_score, row_id)',
    'create index skill_transition_by_from on skill_transition (project_id, from_skill)',
    'create index skill_transition_by_to on skill_transition (project_id, to_skill)',
  ],
  down: () => [
    'drop table skill_transition',
    'drop table skill_dependencies',
    'drop table skill_dependency_report',
  ],
}

function createReports(d: SqlDialect): string {
  return `create table skill_dependency_report (
  project_id ${d.integer} not null,
  ${UNIT},
  computed_at_ms ${d.integer} not null,
  since_at_ms ${d.integer} not null,
  until_at_ms ${d.integer} not null,
  units ${d.integer} not null,
  units_needed ${d.integer} not null,
  ignored_units ${d.integer} not null,
  transitions_counted ${d.integer} not null,
  transitions_needed ${d.integer} not null,
  left_out_dependencies ${d.integer} not null,
  left_out_transitions ${d.integer} not null,
  primary key (project_id, unit)
) ${d.keyedTable}`
}

/** Its name is session-buddy's, and so are those of the columns that mean the same. */
function createDependencies(d: SqlDialect): string {
  return `create table skill_dependencies (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  ${UNIT},
  kind_a text not null check (kind_a in ${KINDS}),
  skill_a text not null,
  kind_b text not null check (kind_b in ${KINDS}),
  skill_b text not null,
  co_occurrence_count ${d.integer} not null,
  with_a ${d.integer} not null,
  with_b ${d.integer} not null,
  units ${d.integer} not null,
  lift_score ${d.real} not null,
  p_value ${d.real} not null,
  q_value ${d.real} not null,
  last_updated_at_ms ${d.integer} not null,
  unique (project_id, unit, kind_a, skill_a, kind_b, skill_b)
) ${d.table}`
}

function createTransitions(d: SqlDialect): string {
  return `create table skill_transition (
  row_id ${d.autoKey},
  project_id ${d.integer} not null,
  ${UNIT},
  from_kind text not null check (from_kind in ${KINDS}),
  from_skill text not null,
  to_kind text not null check (to_kind in ${KINDS}),
  to_skill text not null,
  transition_count ${d.integer} not null,
  unit_count ${d.integer} not null,
  from_count ${d.integer} not null,
  to_count ${d.integer} not null,
  lift_score ${d.real} not null,
  median_gap_ms ${d.real} not null,
  p_value ${d.real} not null,
  q_value ${d.real} not null,
  last_updated_at_ms ${d.integer} not null,
  unique (project_id, unit, from_kind, from_skill, to_kind, to_skill)
) ${d.table}`
}
