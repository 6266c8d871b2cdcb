import type { Kind } from '@skillwatch/schema'
import fitted from './model.json' with { type: 'json' }
import type { Random } from './random.ts'

/** An empirical distribution: its values at evenly spaced probabilities from 0 to 1, ascending. */
export type Quantiles = readonly number[]
/** Weights by name or index; they need not sum to 1. */
export type Weights = Readonly<Record<string, number>>

export interface ModelSkill {
  readonly kind: Kind
  readonly skill_name: string
  readonly tool_name: string | null
  /** How often it was called. */
  readonly weight: number
  /** The skills called next in the same thread, by index into `skills`. */
  readonly next: Weights
  /** From the result to the next call, in milliseconds. */
  readonly gap_ms: Quantiles
  /** From call to result, in milliseconds; null for calls that have no end of their own. */
  readonly duration_ms: Quantiles | null
  readonly failed_rate: number
  readonly rejected_rate: number
  readonly error_types: Weights
}

/**
 * The distributions that the simulation draws from. They hold no texts of the sessions they were fitted to.
 */
export interface Model {
  readonly fitted_to: { readonly threads: number; readonly calls: number }
  /** Calls per thread. */
  readonly thread_calls: Quantiles
  readonly skills: readonly ModelSkill[]
}

/**
 * Written by `scripts/fit-simulation.ts`. The cast is needed as TypeScript infers one type per skill from
 * JSON.
 */
export const MODEL: Model = fitted as unknown as Model

/**
 * Draws a value from an empirical distribution by inversion. It interpolates geometrically between two
 * quantiles, as durations and gaps span six orders of magnitude.
 */
export function drawQuantile(quantiles: Quantiles, random: Random): number {
  const position = random() * (quantiles.length - 1)
  const index = Math.floor(position)
  const low = Math.log1p(quantiles[index]!)
  const high = Math.log1p(quantiles[Math.min(index + 1, quantiles.length - 1)]!)
  return Math.expm1(low + (high - low) * (position - index))
}

/** Draws a name by weight. */
export function drawWeighted(weights: Weights, random: Random): string {
  const entries = Object.entries(weights)
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of entries) {
    left -= weight
    if (left < 0) return name
  }
  return entries.at(-1)![0]
}
