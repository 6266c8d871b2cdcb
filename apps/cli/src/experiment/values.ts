import type { ExperimentMetric } from '@skillwatch/schema'
import { formatDuration } from '../tail/line.ts'

/** The mean of a metric, with its unit. */
export function meanText(metric: ExperimentMetric, mean: number | null): string {
  if (mean === null) return '-'
  switch (metric) {
    case 'completion_rate':
      return `${(100 * mean).toFixed(1)}%`
    case 'duration_seconds':
      return formatDuration(1_000 * mean)
    case 'rating':
      return mean.toFixed(2)
    case 'cost_usd':
      return `$${mean.toFixed(4)}`
    default:
      throw new TypeError(`unhandled metric ${metric satisfies never}`)
  }
}

/** An effect, with its sign and unit: points, times as long, a difference of ratings or of dollars. */
export function effectText(metric: ExperimentMetric, effect: number | null): string {
  if (effect === null) return '-'
  switch (metric) {
    case 'completion_rate':
      return `${signed(100 * effect, 1)} pt`
    case 'duration_seconds':
      return `×${effect.toFixed(2)}`
    case 'rating':
      return signed(effect, 2)
    case 'cost_usd':
      return `${effect < 0 ? '-' : '+'}$${Math.abs(effect).toFixed(4)}`
    default:
      throw new TypeError(`unhandled metric ${metric satisfies never}`)
  }
}

/** A p-value with as many digits as mean something. */
export function pText(p: number | null): string {
  if (p === null) return '-'
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)}`
}
