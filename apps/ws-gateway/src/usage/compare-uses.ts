import type { UseGroup, UseSummary, UseSummaryReply } from '@skillwatch/schema'
import { textOf, type UseCount } from './sum-uses.ts'

type NoLongerUsed = NonNullable<UseSummaryReply['before']>['no_longer_used']

/** Compares the sums of a window with the uses of the equally long time before it. A pure function. */
export function compareUses(
  items: readonly UseSummary[],
  before: readonly UseCount[],
  by: readonly UseGroup[],
): { items: UseSummary[]; noLongerUsed: NoLongerUsed } {
  const usesBefore = new Map(before.map(({ text, uses }) => [text, uses]))
  const inWindow = new Set(items.map((item) => textOf(item, by)))
  return {
    items: items.map((item) => ({ ...item, uses_before: usesBefore.get(textOf(item, by)) ?? 0 })),
    noLongerUsed: before
      .filter(({ text, uses }) => uses > 0 && !inWindow.has(text))
      .sort((a, b) => b.uses - a.uses || (a.text < b.text ? -1 : 1))
      .map(({ key, uses }) => ({ ...key, uses_before: uses })),
  }
}
