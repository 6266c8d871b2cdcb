import { OUTCOMES } from '@skillwatch/schema'
import { sql } from 'kysely'
import { hasDuration } from '../roll-ups/call-counters.ts'
import type { Reader } from '../sqlite/open.ts'
import { allArrays } from '../sqlite/statements.ts'
import { keyText, type SkillKey, skillKeys, wantedKind, wantedName } from './skill-keys.ts'

/** Skills with at most so many calls have exact quantiles: so many rows are read for each. */
const SAMPLED_CALLS_MAX = 100

/** All durations of a skill in milliseconds, ascending. */
export interface Durations {
  readonly execution: readonly number[]
  readonly elapsed: readonly number[]
}

/**
 * The durations of skills that have few calls, read from an index. Skills with more are left out: the cost
 * follows the number of skills, not of calls (R7).
 */
export function sampledDurations(
  reader: Reader,
  projectId: number,
  skills: readonly (SkillKey & { readonly invocation_count: number })[],
): ReadonlyMap<string, Durations> {
  const few = skills.filter(({ invocation_count }) => invocation_count <= SAMPLED_CALLS_MAX)
  if (few.length === 0) return new Map()
  const samples = few.map(() => ({ execution: [] as number[], elapsed: [] as number[] }))
  for (const [index, executionMs, elapsedMs] of durationsOf(reader, projectId, few)) {
    if (executionMs !== null) samples[index]!.execution.push(executionMs)
    if (elapsedMs !== null) samples[index]!.elapsed.push(elapsedMs)
  }
  const ascending = (a: number, b: number) => a - b
  return new Map(
    few.map((skill, index) => {
      const { execution, elapsed } = samples[index]!
      return [keyText(skill), { execution: execution.sort(ascending), elapsed: elapsed.sort(ascending) }]
    }),
  )
}

type Sample = [skill: number, executionMs: number | null, elapsedMs: number | null]

/** Each with the place of its skill in the list. */
function durationsOf({ sqlite, db }: Reader, projectId: number, skills: readonly SkillKey[]): Sample[] {
  const query = db
    .selectFrom(skillKeys(skills))
    .crossJoin('skill_invocation as call')
    .select([sql<number>`wanted.key`.as('skill'), 'call.execution_ms', 'call.elapsed_ms'])
    .where('call.project_id', '=', projectId)
    .where('call.kind', '=', wantedKind)
    .where('call.skill_name', '=', wantedName)
    .where('call.outcome', 'in', OUTCOMES.filter(hasDuration))
  return allArrays<Sample>(sqlite, query.compile())
}
