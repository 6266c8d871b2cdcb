import type { UsageSums } from '@skillwatch/schema'

const EXACT = new Intl.NumberFormat('en-US')
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

export function exactNumber(value: number): string {
  return EXACT.format(value)
}

/** With three significant digits: 12.3K, 4.56M, 1.2B. */
export function shortNumber(value: number): string {
  return SHORT.format(value)
}

/** The cost of a sum. `~` marks one that is estimated, at least in part. */
export function costText({ cost_usd, cost_source }: UsageSums): string {
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
