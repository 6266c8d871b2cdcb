import type { Kind } from '@skillwatch/schema'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'

/** A skill with at least one ended invocation, imported history included. */
export interface EndedSkill {
  kind: Kind
  skill_name: string
  ended_count: number
  completed_count: number
}

/** All skills with an ended invocation, by their first invocation. Reads a roll-up. */
export function endedSkills({ sqlite, db }: Reader, projectId: number): EndedSkill[] {
  const query = db
    .selectFrom('skill_metrics')
    .select((eb) => [
      'kind',
      'skill_name',
      'completed_count',
      eb('invocation_count', '-', eb.ref('running_count')).$castTo<number>().as('ended_count'),
    ])
    .where('project_id', '=', projectId)
    .whereRef('invocation_count', '>', 'running_count')
    .orderBy('first_invoked_at_ms')
    .orderBy('skill_name')
  return all(sqlite, query.compile())
}
