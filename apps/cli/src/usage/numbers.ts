import type { UsageSums } from '@skillwatch/schema'

const EXACT = new Intl.NumberFormat('en-US')
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
const SHORT_ALIGNED = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
})
/** From here on, three digits are a thousand. */
const ABBREVIATED_MIN = 999.5
const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

export function exactNumber(value: number): string {
  return EXACT.format(value)
}

/** With three significant digits, zeros included, so that the numbers of a column are equally exact. */
export function shortNumber(value: number): string {
  return (value < ABBREVIATED_MIN ? SHORT : SHORT_ALIGNED).format(value)
}

/** With at most three significant digits, for the round numbers of an axis: 1K, 1.5K, 20M. */
export function tickNumber(value: number): string {
  return SHORT.format(value)
}

/** A part in percent. Only nothing is 0%, and only the whole is 100%. */
export function percentText(part: number, whole: number): string {
  if (part === 0 || part === whole) return part === 0 ? '0%' : '100%'
  const percent = (100 * part) / whole
  if (percent < 0.1) return '<0.1%'
  return percent < 9.95 ? `${percent.toFixed(1)}%` : `${Math.min(99, Math.round(percent))}%`
}

/** The cost of a sum. `~` marks one that is estimated, at least in part. */
export function costText({ cost_usd, cost_source }: Pick<UsageSums, 'cost_usd' | 'cost_source'>): string {
  if (cost_usd === null) return '-'
  return `${isEstimated(cost_source) ? '~' : ''}${dollars(cost_usd)}`
}

export function isEstimated(source: UsageSums['cost_source']): boolean {
  return source === 'estimated' || source === 'mixed'
}

function dollars(usd: number): string {
  if (usd === 0 || usd >= 0.01) return DOLLARS.format(usd)
  return usd < 0.00005 ? '<$0.0001' : `$${usd.toFixed(4)}`
}
