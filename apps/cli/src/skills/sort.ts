import { totalTokens } from '../sessions/tokens.ts'
import type { SkillRow } from './rows.ts'

interface Order {
  /** The highest is first; the first of names. */
  keyOf(row: SkillRow): number | string
  /** Says of a number of rows which ones they are. */
  readonly first: string
}

/** What rows of uses can be sorted by. */
export const ORDERS = {
  uses: { keyOf: ({ sums }) => sums.uses, first: 'most used' },
  name: { keyOf: ({ sums }) => sums.skill_name!, first: 'first by name' },
  calls: { keyOf: ({ work }) => work.calls, first: 'with the most calls' },
  failures: { keyOf: ({ work }) => work.failed_calls, first: 'with the most failed calls' },
  time: { keyOf: ({ work }) => work.work_ms, first: 'with the longest time' },
  tokens: { keyOf: ({ work }) => totalTokens(work), first: 'with the most tokens' },
  cost: { keyOf: ({ work }) => work.cost_usd ?? -1, first: 'with the highest cost' },
  last: { keyOf: lastUse, first: 'most recently used' },
} as const satisfies Record<string, Order>
export type Sort = keyof typeof ORDERS

/** Rows in an order; equal ones by uses, calls and name. */
export function sorted(rows: readonly SkillRow[], sort: Sort): SkillRow[] {
  return rows.toSorted(
    (a, b) =>
      compare(ORDERS[sort].keyOf(a), ORDERS[sort].keyOf(b)) ||
      b.sums.uses - a.sums.uses ||
      b.work.calls - a.work.calls ||
      compare(a.sums.skill_name!, b.sums.skill_name!),
  )
}

function lastUse({ sums }: SkillRow): number {
  return Date.parse(sums.day ?? sums.last_invoked_at ?? '') || 0
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a
  return a === b ? 0 : a < b ? -1 : 1
}
