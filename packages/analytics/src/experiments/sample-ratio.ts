import type { ExperimentAnalysis } from '@skillwatch/schema'
import { binomialAtLeast, binomialAtMost, twoSided } from '../distributions/binomial.ts'
import type { Groups } from './summarise.ts'

/** A p-value below this is no chance (Fabijan et al., KDD 2019, 2156-2164, on sample-ratio mismatch). */
const MISMATCH_P = 0.001

/**
 * Whether the groups have the sizes that they should have, by the exact binomial test. Where they have not,
 * users are missing from one group for a reason, and those that remain are not alike.
 * @param ratio share of the control group
 */
export function sampleRatio(
  { control, treatment }: Groups<number>,
  ratio: number,
): ExperimentAnalysis['assigned'] {
  const all = control + treatment
  const tails = {
    atMost: binomialAtMost(control, all, ratio),
    atLeast: binomialAtLeast(control, all, ratio),
  }
  return { control, treatment, p: twoSided(tails) }
}

export function isMismatch({ p }: { readonly p: number }): boolean {
  return p < MISMATCH_P
}
