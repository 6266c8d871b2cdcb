import type { Migration } from './dialect.ts'

/** `session_user` names the sessions of a user, and the index by session finds the calls in these. */
export const usersBySession: Migration = {
  version: 10,
  name: 'users-by-session',
  up: () => ['drop index skill_invocation_by_user'],
  down: () => [
    `create index skill_invocation_by_user on skill_invocation (project_id, user_hash)
      where user_hash is not null`,
  ],
}
