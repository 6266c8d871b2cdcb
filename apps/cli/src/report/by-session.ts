import type { UseFacts } from './read.ts'
import { skillKey } from './skill-key.ts'

/** What the uses of a skill in one session amount to. */
export interface SkillInSession {
  readonly uses: number
  /** Of the outermost uses of the skill, as only their sums with nested uses count every call once. */
  readonly calls: number
  readonly failedCalls: number
}

/** For each skill (by `skillKey`) its sessions. */
export function skillsBySession(uses: readonly UseFacts[]): Map<string, SkillInSession[]> {
  const parents = new Map(uses.map((use) => [use.use_id, use]))
  const skills = Map.groupBy(uses, skillKey)
  return new Map(
    [...skills].map(([key, ofSkill]) => {
      const sessions = Map.groupBy(ofSkill, ({ session_id }) => session_id)
      return [key, [...sessions.values()].map((ofSession) => sumOf(ofSession, parents))]
    }),
  )
}

/** How often each value occurs. */
export function countEach(values: readonly string[]): number[] {
  return [...Map.groupBy(values, (value) => value).values()].map(({ length }) => length)
}

function sumOf(uses: readonly UseFacts[], parents: ReadonlyMap<string, UseFacts>): SkillInSession {
  const outermost = uses.filter((use) => !isInsideOfSameSkill(use, parents))
  return {
    uses: uses.length,
    calls: outermost.reduce((sum, use) => sum + use.calls_with_nested, 0),
    failedCalls: outermost.reduce((sum, use) => sum + use.failed_calls_with_nested, 0),
  }
}

function isInsideOfSameSkill(use: UseFacts, parents: ReadonlyMap<string, UseFacts>): boolean {
  const parentOf = ({ parent_use_id }: UseFacts) =>
    parent_use_id === null ? undefined : parents.get(parent_use_id)
  for (let parent = parentOf(use); parent !== undefined; parent = parentOf(parent)) {
    if (skillKey(parent) === skillKey(use)) return true
  }
  return false
}
