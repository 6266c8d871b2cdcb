import { incbet } from './special.ts'

/**
 * P(X ≥ k) of a binomial distribution, as the regularized incomplete beta function I_p(k, n - k + 1)
 * (Abramowitz & Stegun 1964, 26.5.24). It is defined for `k` and `n` that are no whole numbers too. It is
 * never computed as a difference from 1, which would lose small tails.
 */
export function binomialAtLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1
  return k > n ? 0 : incbet(k, n - k + 1, p)
}

/** P(X ≤ k) of a binomial distribution. */
export function binomialAtMost(k: number, n: number, p: number): number {
  return binomialAtLeast(n - k, n, 1 - p)
}

/** The two tails of a distribution at an observed value, both of which contain the value. */
export interface Tails {
  readonly atMost: number
  readonly atLeast: number
}

/** The p-value of both directions: twice the smaller tail (Cox & Hinkley, Theoretical Statistics, 3.4). */
export function twoSided({ atMost, atLeast }: Tails): number {
  return Math.min(1, 2 * Math.min(atMost, atLeast))
}
