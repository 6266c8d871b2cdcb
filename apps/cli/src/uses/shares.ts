import { exactNumber, percentText } from '../usage/numbers.ts'

/** Of fewer, a share in percent says more than is known. */
const SHARE_MIN = 5

/** A share in percent, `-` of few. */
export function shareText(count: number, total: number): string {
  return total < SHARE_MIN ? '-' : percentText(count, total)
}

/** A count, and its share in percent unless it is one of few. */
export function countAndShare(count: number, total: number): string {
  const share = total < SHARE_MIN || count === 0 ? '' : ` (${percentText(count, total)})`
  return `${exactNumber(count)}${share}`
}

/**
 * The number of uses against that of the time before: in percent, or as a difference when one of the two is
 * small or the change is tenfold; `=` when they are equal.
 */
export function trendText(uses: number, before: number): string {
  if (uses === before) return '='
  const sign = uses > before ? '+' : '-'
  const percent = Math.round((100 * Math.abs(uses - before)) / before)
  const isFew = Math.min(uses, before) < SHARE_MIN
  const isPercent = !isFew && percent > 0 && percent < 1_000
  return `${sign}${isPercent ? `${percent}%` : exactNumber(Math.abs(uses - before))}`
}
