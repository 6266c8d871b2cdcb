import type { Kind } from '@skillwatch/schema'
import fitted from './model.json' with { type: 'json' }
import type { Random } from './random.ts'

/** Values at evenly spaced probabilities from 0 to 1, ascending: an empirical distribution without its samples. */
export type Quantiles = readonly number[]
/** Weights by name or index; they need not sum to 1. */
export type Weights = Readonly<Record<string, number>>

export interface ModelSkill {
  readonly kind: Kind
  readonly skill_name: string
  readonly tool_name: string | null
  /** How often it was called. */
  readonly weight: number
  /** What was called next in the same thread, by index into `skills`. */
  readonly next: Weights
  /** Result to next call, in milliseconds. */
  readonly gap_ms: Quantiles
  /** Call to result, in milliseconds; null for what has no end of its own. */
  readonly duration_ms: Quantiles | null
  readonly failed_rate: number
  readonly rejected_rate: number
  readonly error_types: Weights
}

/** What the simulation draws from: shapes of real sessions, none of their texts. */
export interface Model {
  readonly fitted_to: { readonly threads: number; readonly calls: number }
  /** Calls per thread. */
  readonly thread_calls: Quantiles
  readonly skills: readonly ModelSkill[]
}

/** Made by `scripts/fit-simulation.ts`; TypeScript sees in the file one type per skill, hence the cast. */
export const MODEL: Model = fitted as unknown as Model

/**
 * A value of an empirical distribution by its inverse, between two quantiles geometrically: durations and gaps span
 * six orders of magnitude.
 */
export function drawQuantile(quantiles: Quantiles, random: Random): number {
  const position = random() * (quantiles.length - 1)
  const index = Math.floor(position)
  const low = Math.log1p(quantiles[index]!)
  const high = Math.log1p(quantiles[Math.min(index + 1, quantiles.length - 1)]!)
  return Math.expm1(low + (high - low) * (position - index))
}

/** A name by its weight. */
export function drawWeighted(weights: Weights, random: Random): string {
  const entries = Object.entries(weights)
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of entries) {
    left -= weight
    if (left < 0) return name
  }
  return entries.at(-1)![0]
}
