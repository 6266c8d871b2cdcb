import { binomialAtLeast, binomialAtMost, type Tails } from './binomial.ts'
import { logBeta, logChoose } from './special.ts'

/** A binomial distribution whose probability varies from sample to sample. */
export interface BetaBinomial {
  /** The mean of the probability, 0–1. */
  readonly mean: number
  /** The correlation of two trials of one sample, 0–1; 0 is the binomial distribution. */
  readonly correlation: number
}

/** With less correlation than this the distribution is the binomial one, to 9 digits. */
const CORRELATION_MIN = 1e-10
/** Terms below this share of their sum cannot change it. */
const NEGLIGIBLE = 1e-17

/**
 * P(X ≤ k) and P(X ≥ k) of a beta-binomial distribution (Johnson, Kemp & Kotz, Univariate Discrete
 * Distributions, chapter 6), with parameters a = mean (1 - ρ) / ρ and b = (1 - mean) (1 - ρ) / ρ.
 * Each tail is the sum of its own terms, so that a small one keeps its digits.
 * @param k and `n` are whole numbers, 0 ≤ k ≤ n
 */
export function betaBinomialTails(k: number, n: number, { mean, correlation }: BetaBinomial): Tails {
  if (mean <= 0 || mean >= 1) return certainTails(k, mean <= 0 ? 0 : n)
  if (correlation < CORRELATION_MIN)
    return { atMost: binomialAtMost(k, n, mean), atLeast: binomialAtLeast(k, n, mean) }
  const strength = (1 - correlation) / correlation
  return betaBinomialTailsOf(k, n, mean * strength, (1 - mean) * strength)
}

/** The same by the parameters `a` and `b` of the beta distribution, both above 0. */
export function betaBinomialTailsOf(k: number, n: number, a: number, b: number): Tails {
  // P(X ≥ k) with (a, b) is P(X ≤ n - k) with (b, a).
  return { atMost: lowerTail(k, n, a, b), atLeast: lowerTail(n - k, n, b, a) }
}

function lowerTail(k: number, n: number, a: number, b: number): number {
  if (k >= n) return 1
  // The sum of many terms loses digits, and a tail above one half needs none of the small ones.
  if (k > (n * a) / (a + b)) return 1 - sumDown(n - k - 1, n, b, a)
  return sumDown(k, n, a, b)
}

/** P(X = k) + P(X = k - 1) + …, each term from the one before it. */
function sumDown(k: number, n: number, a: number, b: number): number {
  const isUnimodal = a >= 1 && b >= 1
  let term = Math.exp(logChoose(n, k) + logBeta(k + a, n - k + b) - logBeta(a, b))
  let sum = term
  for (let j = k; j > 0; j -= 1) {
    const ratio = (j / (n - j + 1)) * ((n - j + b) / (j - 1 + a))
    term *= ratio
    sum += term
    if (isUnimodal && ratio < 1 && term < sum * NEGLIGIBLE) break
  }
  return Math.min(1, sum)
}

function certainTails(k: number, certain: number): Tails {
  return { atMost: k >= certain ? 1 : 0, atLeast: k <= certain ? 1 : 0 }
}
