import type { UseSummary, UseSummaryReply } from '@skillwatch/schema'
import { type Work, withNested } from '../uses/work.ts'

/** What rows can be broken down by, beside the skill. */
export const BREAKDOWNS = ['repository', 'model', 'day'] as const
export type Breakdown = (typeof BREAKDOWNS)[number]

/** The uses of one skill, command or agent in a window; of one group of them in a breakdown. */
export interface SkillRow {
  readonly sums: UseSummary
  /** With the uses that are nested in them. */
  readonly work: Work
}

/** What was used in the time before and is not in the window, the most used first. */
export type NoLongerUsed = NonNullable<UseSummaryReply['before']>['no_longer_used']

/** What rows are made of. */
export interface SkillSums {
  readonly sums: readonly UseSummary[]
  /** The time before; undefined when it is not compared. */
  readonly before: UseSummaryReply['before'] | undefined
  /** Whether anything was recorded before the window. */
  readonly isBeforeRecorded: boolean
}

export function skillRows(sums: readonly UseSummary[]): SkillRow[] {
  return sums.map((each) => ({ sums: each, work: withNested(each) }))
}
