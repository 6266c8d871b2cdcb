/// <reference path="./cephes.d.ts" />
import cephes from 'cephes'

// The functions of this library exist after its WebAssembly is compiled.
await cephes.compiled

/**
 * P(X ≥ k) of a binomial distribution, as the regularized incomplete beta function I_p(k, n - k + 1)
 * (Abramowitz & Stegun 1964, 26.5.24). It is defined for `k` and `n` that are no whole numbers too. It is
 * never computed as a difference from 1, which would lose small tails.
 */
export function binomialAtLeast(k: number, n: number, p: number): number {
  return k <= 0 ? 1 : cephes.incbet(k, n - k + 1, p)
}

/** P(X ≤ k) of a binomial distribution. */
export function binomialAtMost(k: number, n: number, p: number): number {
  return binomialAtLeast(n - k, n, 1 - p)
}

/** The natural logarithm of n over k, for whole numbers 0 ≤ k ≤ n. */
export function logChoose(n: number, k: number): number {
  return cephes.lgam(n + 1) - cephes.lgam(k + 1) - cephes.lgam(n - k + 1)
}
