import { nice, ticks } from 'd3-array'
import { tickNumber } from '../../usage/numbers.ts'

/** A linear axis that begins at 0. */
export interface Axis {
  readonly ticks: readonly number[]
  /** The part of the axis up to a value, from 0 to 1. */
  share(value: number): number
}

const TICKS = 3

/** @param isWhole whether values between whole numbers cannot exist */
export function axisTo(largest: number, { isWhole = false } = {}): Axis {
  const [, max] = nice(0, largest || 1, TICKS)
  const all = ticks(0, max, TICKS)
  return { ticks: isWhole ? all.filter(Number.isInteger) : all, share: (value) => value / max }
}

/** An axis without ticks that ends at a value. */
export function plainAxisTo(largest: number): Axis {
  return { ticks: [], share: (value) => value / Math.max(largest, 1) }
}

/** Dollars on an axis, with as many decimals as its steps need. */
export function dollarTicks({ ticks: [first = 0, second = 1] }: Axis): (usd: number) => string {
  const decimals = Math.max(0, -Math.floor(Math.log10(second - first)))
  return (usd) => (usd >= 1_000 ? `$${tickNumber(usd)}` : `$${usd.toFixed(decimals === 1 ? 2 : decimals)}`)
}
