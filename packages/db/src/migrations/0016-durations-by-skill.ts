import type { Migration } from './dialect.ts'

/**
 * The index by skill contains what exact quantiles are made of, so that the rows are not read for them. After
 * the instant comes `row_id`, as lists are in the order of both.
 */
export const durationsBySkill: Migration = {
  version: 16,
  name: 'durations-by-skill',
  up: () => [
    'drop index skill_invocation_by_skill',
    `create index skill_invocation_by_skill on skill_invocation
  (project_id, kind, skill_name, invoked_at_ms, row_id, outcome, execution_ms, elapsed_ms)`,
  ],
  down: () => [
    'drop index skill_invocation_by_skill',
    'create index skill_invocation_by_skill on skill_invocation (project_id, kind, skill_name, invoked_at_ms)',
  ],
}
