import type { SkillCalls, SkillUses } from './calls.ts'
import { contextCost, type SessionCost } from './context-cost.ts'
import { type FailingSkills, failingSkills } from './failing.ts'
import { type InstalledFile, type InstalledSkill, installedSkills } from './installed.ts'
import { nearDuplicates } from './near-duplicates.ts'
import { type UnusedSkills, unusedSkills } from './unused.ts'

export interface HygieneFacts {
  readonly files: readonly InstalledFile[]
  readonly calls: readonly SkillCalls[]
  /** Those of the window. */
  readonly uses: readonly SkillUses[]
}

/** Two installed skills that are nearly the same. */
interface DuplicatedSkills {
  readonly a: InstalledSkill
  readonly b: InstalledSkill
  readonly similarity: number
  /** Whether their files have the same bytes. */
  readonly identical: boolean
}

export interface Hygiene extends UnusedSkills, FailingSkills {
  readonly skills: number
  readonly duplicates: readonly DuplicatedSkills[]
  readonly cost: SessionCost
}

/** What to remove, what to mend, and what descriptions cost. */
export function hygieneOf(
  { files, calls, uses }: HygieneFacts,
  window: { readonly sinceMs: number; readonly untilMs: number },
): Hygiene {
  const skills = installedSkills(files)
  return {
    skills: skills.length,
    ...unusedSkills(skills, calls, window),
    ...failingSkills(skills, uses),
    duplicates: nearDuplicates(skills.map(({ file }) => file)).map(({ a, b, similarity }) => ({
      a: skills[a]!,
      b: skills[b]!,
      similarity,
      identical: skills[a]!.file.content_hash === skills[b]!.file.content_hash,
    })),
    cost: contextCost(files),
  }
}
