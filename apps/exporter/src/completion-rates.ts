import type { EndedSkill } from '@skillwatch/db'
import type { Kind } from '@skillwatch/schema'
import type { BoundedValues } from './bounded-labels.ts'

export interface CompletionRate {
  readonly kind: Kind
  readonly skill_name: string
  /** Completed share of the ended invocations, 0–1. */
  readonly rate: number
}

/**
 * Completion rate by kind and name. `names` has admitted the names of the live counters already, so both
 * families show the same skills; names known from history alone get what is left of the bound. `_other` is
 * the rate over all others.
 */
export function completionRates(skills: readonly EndedSkill[], names: BoundedValues): CompletionRate[] {
  const sums = new Map<string, { kind: Kind; skill_name: string; ended: number; completed: number }>()
  for (const { kind, skill_name, ended_count, completed_count } of skills) {
    const name = names.admit(skill_name)
    const key = `${kind}\0${name}`
    const sum = sums.get(key) ?? { kind, skill_name: name, ended: 0, completed: 0 }
    sum.ended += ended_count
    sum.completed += completed_count
    sums.set(key, sum)
  }
  return [...sums.values()].map(({ kind, skill_name, ended, completed }) => ({
    kind,
    skill_name,
    rate: completed / ended,
  }))
}
