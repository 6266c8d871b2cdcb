import type { Tails } from './binomial.ts'
import { igam, igamc, incbet } from './special.ts'

/** A count of events whose rate varies from sample to sample. */
export interface NegativeBinomial {
  readonly mean: number
  /** The variance is mean + dispersion · mean²; 0 is the Poisson distribution. */
  readonly dispersion: number
}

/** With less dispersion than this share of 1 / mean the distribution is the Poisson one, to 9 digits. */
const DISPERSION_MIN = 1e-10

/**
 * P(X ≤ k) and P(X ≥ k) of a negative binomial distribution, as regularized incomplete beta functions with
 * r = 1 / dispersion (Johnson, Kemp & Kotz, Univariate Discrete Distributions, 5.6).
 * @param k a whole number ≥ 0
 */
export function negativeBinomialTails(k: number, { mean, dispersion }: NegativeBinomial): Tails {
  if (dispersion * mean < DISPERSION_MIN || mean <= 0) return poissonTails(k, mean)
  const r = 1 / dispersion
  const success = 1 / (1 + dispersion * mean)
  const failure = (dispersion * mean) / (1 + dispersion * mean)
  return { atMost: incbet(r, k + 1, success), atLeast: k <= 0 ? 1 : incbet(k, r, failure) }
}

/** P(X ≤ k) and P(X ≥ k) of a Poisson distribution, as incomplete gamma functions (ibid., 4.5). */
export function poissonTails(k: number, mean: number): Tails {
  if (mean <= 0) return { atMost: 1, atLeast: k <= 0 ? 1 : 0 }
  return { atMost: igamc(k + 1, mean), atLeast: k <= 0 ? 1 : igam(k, mean) }
}
