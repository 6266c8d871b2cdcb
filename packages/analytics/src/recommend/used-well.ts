import type { Kind } from '@skillwatch/schema'

/** What one person did with one skill. */
export interface PersonUse {
  readonly kind: Kind
  readonly skill_name: string
  /** Calls that have ended. */
  readonly ended_count: number
  readonly completed_count: number
}

/** A person uses a skill well when it completed, and at least half of their ended calls did. */
export function isUsedWell({ ended_count, completed_count }: PersonUse): boolean {
  return completed_count > 0 && completed_count * 2 >= ended_count
}

/** Says which skills may be recommended: those that the person does not use well. */
export function notUsedWell(uses: readonly PersonUse[]): (skill: SkillOf) => boolean {
  const known = new Set(uses.filter(isUsedWell).map(keyOf))
  return (skill) => !known.has(keyOf(skill))
}

type SkillOf = Pick<PersonUse, 'kind' | 'skill_name'>

/** Kinds and names never contain NUL. */
export function keyOf({ kind, skill_name }: SkillOf): string {
  return `${kind}\0${skill_name}`
}
