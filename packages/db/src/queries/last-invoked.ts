import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import type { SkillKey } from './skill-keys.ts'

/** When each skill was called last, in epoch milliseconds. Its cost follows the number of skills. */
export function lastInvoked(
  { sqlite, db }: Reader,
  projectId: number,
): (SkillKey & { last_invoked_at_ms: number })[] {
  const query = db
    .selectFrom('skill_metrics')
    .select(['kind', 'skill_name', 'last_invoked_at_ms'])
    .where('project_id', '=', projectId)
  return all(sqlite, query.compile())
}
