import { hasDuration } from '../roll-ups/declarations.ts'
import type { Reader } from '../sqlite/open.ts'
import { all } from '../sqlite/statements.ts'
import { keyText, type SkillKey, skillKeys, wantedKind, wantedName } from './skill-keys.ts'

/** Skills with at most so many calls have exact quantiles: so many rows are read for each. */
const SAMPLED_CALLS_MAX = 100

/** All durations of a skill in milliseconds, ascending. */
export interface Durations {
  readonly execution: readonly number[]
  readonly elapsed: readonly number[]
}

/**
 * The durations of skills that have few calls, read from their rows by index. Skills with more are left out:
 * the cost follows the number of skills, not of calls (R7).
 */
export function sampledDurations(
  reader: Reader,
  projectId: number,
  skills: readonly (SkillKey & { readonly invocation_count: number })[],
): ReadonlyMap<string, Durations> {
  const few = skills.filter(({ invocation_count }) => invocation_count <= SAMPLED_CALLS_MAX)
  if (few.length === 0) return new Map()
  const rows = all(
    reader.sqlite,
    reader.db
      .selectFrom(skillKeys(few))
      .crossJoin('skill_invocation as call')
      .select(['call.kind', 'call.skill_name', 'call.outcome', 'call.execution_ms', 'call.elapsed_ms'])
      .where('call.project_id', '=', projectId)
      .where('call.kind', '=', wantedKind)
      .where('call.skill_name', '=', wantedName)
      .compile(),
  )
  const bySkill = Map.groupBy(
    rows.filter(({ outcome }) => hasDuration(outcome)),
    keyText,
  )
  return new Map(
    few.map((skill) => {
      const calls = bySkill.get(keyText(skill)) ?? []
      const sorted = (column: 'execution_ms' | 'elapsed_ms') =>
        calls.flatMap((call) => call[column] ?? []).sort((a, b) => a - b)
      return [keyText(skill), { execution: sorted('execution_ms'), elapsed: sorted('elapsed_ms') }]
    }),
  )
}
