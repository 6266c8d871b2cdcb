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

/** A skill with its completion rate, moved to that of all the more the fewer calls it has. */
export interface RatedSkill extends CalledSkill {
  readonly rate: number
}

/** Skills with their rates; those without an ended call have none and are left out. */
export function rated(skills: readonly CalledSkill[]): RatedSkill[] {
  const ended = skills.filter(({ ended_count }) => ended_count > 0)
  if (ended.length === 0) return []
  const prior = priorOf(ended.map(shareOf))
  return ended.map((skill) => ({ ...skill, rate: shrunkRate(shareOf(skill), prior) }))
}

export function endedCalls(skills: readonly CalledSkill[]): number {
  return skills.reduce((sum, { ended_count }) => sum + ended_count, 0)
}

function shareOf({ ended_count, completed_count }: CalledSkill) {
  return { hits: completed_count, of: ended_count }
}
