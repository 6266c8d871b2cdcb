import type { Migration } from './dialect.ts'

const indexOf = (name: string, kinds: string) =>
  `create index ${name} on skill_invocation (project_id, session_id) where kind in (${kinds})`

/** Sub-agents are among the calls that sightings without an id may be part of. */
export const joinableCalls: Migration = {
  version: 6,
  name: 'joinable-calls',
  up: () => [
    'drop index skill_invocation_skill_calls',
    indexOf('skill_invocation_joinable_calls', `'skill', 'command', 'agent'`),
  ],
  down: () => [
    'drop index skill_invocation_joinable_calls',
    indexOf('skill_invocation_skill_calls', `'skill', 'command'`),
  ],
}
