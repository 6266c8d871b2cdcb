import {
  type AffinityRow,
  type Baseline,
  type BaselineRow,
  KINDS,
  type Kind,
  type ReportedAffinity,
} from '@skillwatch/schema'
import { sql } from 'kysely'
import { toBaseline } from '../baselines/to-baseline.ts'
import { hashOfProject } from '../projects.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { type SkillKey, skillKeys, wantedKind, wantedName } from './skill-keys.ts'

/** Tools are chosen by the agent and in every list, so they are recommended to no one. */
const RECOMMENDED_KINDS: readonly Kind[] = KINDS.filter((kind) => kind !== 'tool')

/** A skill with its calls. */
export interface CalledSkill extends SkillKey {
  /** Calls that have ended. */
  ended_count: number
  completed_count: number
}

/**
 * What a person uses, tools excluded, from a roll-up by its key.
 * @param userId as it is reported; only its keyed hash is compared
 */
export function skillsOfUser(reader: Reader, projectId: number, userId: string): CalledSkill[] {
  const hash = hashOfProject(reader, projectId)(userId)
  return countedSkills(
    reader,
    'skill_user_interactions',
    sql`project_id = ${projectId} and user_hash = ${hash}`,
  )
}

/** What is used in a phase of a workflow, tools excluded, from a roll-up by its key. */
export function skillsOfPhase(reader: Reader, projectId: number, phase: string): CalledSkill[] {
  return countedSkills(
    reader,
    'skill_phase_metrics',
    sql`project_id = ${projectId} and workflow_phase = ${phase}`,
  )
}

/** All skills of a project, tools excluded, in the order of their kinds and names. */
export function recommendableSkills(reader: Reader, projectId: number): CalledSkill[] {
  return countedSkills(reader, 'skill_metrics', sql`project_id = ${projectId}`)
}

function countedSkills(
  { sqlite, db }: Reader,
  table: 'skill_user_interactions' | 'skill_phase_metrics' | 'skill_metrics',
  condition: ReturnType<typeof sql>,
): CalledSkill[] {
  const statement = sql<CalledSkill>`
    select kind, skill_name, invocation_count - running_count as ended_count, completed_count
    from ${sql.table(table)} where ${condition} and kind in (${sql.join([...RECOMMENDED_KINDS])})
    order by kind, skill_name`
  return all(sqlite, statement.compile(db))
}

/** What persons who use these skills also use: at most 20 rows for each, by their key. */
export function affinitiesOf(
  { sqlite, db }: Reader,
  projectId: number,
  skills: readonly SkillKey[],
): ReportedAffinity[] {
  const query = db
    .selectFrom(skillKeys(skills))
    .crossJoin('skill_affinity')
    .selectAll('skill_affinity')
    .where('project_id', '=', projectId)
    .whereRef('skill_affinity.kind', '=', wantedKind)
    .whereRef('skill_affinity.skill_name', '=', wantedName)
  return all(sqlite, query.compile()).map(
    ({ row_id: _, project_id: __, last_updated_at_ms: ___, ...row }: AffinityRow) => row,
  )
}

/** All baselines of a project, tools excluded. */
export function recommendableBaselines({ sqlite, db }: Reader, projectId: number): Baseline[] {
  const statement = sql<BaselineRow>`
    select * from skill_community_baselines
    where project_id = ${projectId} and kind in (${sql.join([...RECOMMENDED_KINDS])})`
  return all(sqlite, statement.compile(db)).map(toBaseline)
}
