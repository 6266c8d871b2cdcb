import type { Kind } from '@skillwatch/schema'
import { priorOf, shrunkRate } from '../baselines/shrinkage.ts'

/** A skill with its calls. */
export interface CalledSkill {
  readonly kind: Kind
  readonly skill_name: string
  /** Calls that have ended. */
  readonly ended_count: number
  readonly completed_count: number
}

/**
 * The completion rate of each skill, moved to that of all of them the more the fewer calls it has: 0 for
 * skills without an ended call.
 */
export function effectivenessOf(skills: readonly CalledSkill[]): number[] {
  const ended = skills.filter(({ ended_count }) => ended_count > 0).map(shareOf)
  if (ended.length === 0) return skills.map(() => 0)
  const prior = priorOf(ended)
  return skills.map((skill) => (skill.ended_count === 0 ? 0 : shrunkRate(shareOf(skill), prior)))
}

function shareOf({ ended_count, completed_count }: CalledSkill) {
  return { hits: completed_count, of: ended_count }
}
