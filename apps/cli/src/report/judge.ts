import { qValues } from '@skillwatch/analytics'
import type { Comparison, Verdict } from './report.ts'

/** Of all changes that a report shows, at most this share is expected to be false. */
export const FALSE_CHANGES_MAX = 0.05
/** A change of an amount: at least so many times as much, or as little. */
export const RATIO_MIN = 1.25
/** A change of a share: at least so much more or less. */
export const DIFFERENCE_MIN = 0.02

/** A comparison before all of a report are judged together. */
export type Unjudged = Omit<Comparison, 'q' | 'verdict'> & { readonly isNew?: boolean }

/** Corrects the p-values of all comparisons for their number, and decides which of them are changes. */
export function judge(comparisons: readonly Unjudged[]): Comparison[] {
  const tested = comparisons.filter(({ p }) => p !== null)
  const q = new Map(qValues(tested.map(({ p }) => p!)).map((value, index) => [tested[index]!, value]))
  return comparisons.map((comparison) => {
    const { isNew = false, ...rest } = comparison
    const judged = { ...rest, q: q.get(comparison) ?? null }
    return { ...judged, verdict: isNew ? 'new' : verdictOf(judged) }
  })
}

function verdictOf(comparison: Omit<Comparison, 'verdict'>): Verdict {
  const { q, now, before, skill, measure } = comparison
  if (q === null) return 'too_little_data'
  if (q > FALSE_CHANGES_MAX || !isLarge(comparison)) return 'unclear'
  if (skill !== null && measure === 'uses' && now === 0) return 'gone'
  return now > before ? 'up' : 'down'
}

function isLarge({ measure, now, before, ratio, interval }: Omit<Comparison, 'verdict'>): boolean {
  if (measure !== 'failed_share') return ratio === null || ratio >= RATIO_MIN || ratio <= 1 / RATIO_MIN
  const excludesZero = interval !== null && (interval[0] > 0 || interval[1] < 0)
  return excludesZero && Math.abs(now - before) >= DIFFERENCE_MIN
}
