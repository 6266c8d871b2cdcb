import type { UseSummary } from '@skillwatch/schema'
import { type Work, withNested } from '../uses/work.ts'

/** What rows can be broken down by, beside the skill. */
export const BREAKDOWNS = ['repository', 'model', 'day'] as const
export type Breakdown = (typeof BREAKDOWNS)[number]

/** The uses of one skill, command or agent in a window; of one group of them in a breakdown. */
export interface SkillRow {
  readonly sums: UseSummary
  /** With the uses that are nested in them. */
  readonly work: Work
  /** Uses in the time before; undefined when it is not compared. */
  readonly usesBefore: number | undefined
  /** Undefined in a breakdown. */
  readonly lastUsedAt: string | undefined
}

/** What rows are made of. */
export interface SkillSums {
  readonly sums: readonly UseSummary[]
  /** The sums of the time before; undefined when it is not compared. */
  readonly before: readonly UseSummary[] | undefined
  /** Whether anything was recorded before the window. */
  readonly isBeforeRecorded: boolean
  /** When each skill was used last, by its key. */
  readonly lastUsed: ReadonlyMap<string, string>
}

type Keyed = Pick<UseSummary, 'kind' | 'skill_name' | Breakdown>

/** Kind, name and group. */
export function keyOf({ kind, skill_name, repository, model, day }: Partial<Keyed>): string {
  return JSON.stringify([kind, skill_name, repository, model, day])
}

export function skillRows({ sums, before, lastUsed }: Omit<SkillSums, 'isBeforeRecorded'>): SkillRow[] {
  const usesBefore = new Map(before?.map((each) => [keyOf(each), each.uses]))
  return sums.map((each) => ({
    sums: each,
    work: withNested(each),
    usesBefore: before && (usesBefore.get(keyOf(each)) ?? 0),
    lastUsedAt: lastUsed.get(keyOf(each)),
  }))
}

/** What was used in the time before and is not in the window, the most used first. */
export function noLongerUsed({ sums, before = [] }: SkillSums): UseSummary[] {
  const inWindow = new Set(sums.map(keyOf))
  return before
    .filter((each) => each.uses > 0 && !inWindow.has(keyOf(each)))
    .sort((a, b) => b.uses - a.uses || (a.skill_name! < b.skill_name! ? -1 : 1))
}
