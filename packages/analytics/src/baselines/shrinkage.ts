import type { BetaBinomial } from '../distributions/beta-binomial.ts'
import type { Share } from '../share.ts'

/**
 * How the rates of a population differ, from shares of its members: the mean p = Σk / Σn, and the
 * correlation ρ = (S / (p (1 - p)) - (m - 1)) / (N - Σn² / N - (m - 1)) with S = Σ n (k/n - p)², N = Σn and
 * m members, cut to 0-1. These are the moments of the beta-binomial distribution, each share weighted by its
 * sample (Kleinman, J. Am. Stat. Assoc. 68, 1973, 46-54). It is the prior Beta(a, b) with a = p (1 - ρ) / ρ
 * and b = (1 - p) (1 - ρ) / ρ (Gelman et al., Bayesian Data Analysis, 5.1). Without two members, or with
 * members that have the same rate, ρ is 0. Assumes independent members.
 * @param shares at least one, each `of` above 0; `hits` need not be whole
 */
export function priorOf(shares: readonly Share[]): BetaBinomial {
  const sum = (value: (share: Share) => number) => shares.reduce((total, each) => total + value(each), 0)
  const all = sum(({ of }) => of)
  const mean = Math.min(1, sum(({ hits }) => hits) / all)
  const others = shares.length - 1
  const room = all - sum(({ of }) => of ** 2) / all - others
  const variance = mean * (1 - mean)
  if (variance === 0 || room <= 0) return { mean, correlation: 0 }
  const spread = sum(({ hits, of }) => of * (hits / of - mean) ** 2)
  return { mean, correlation: Math.min(1, Math.max(0, (spread / variance - others) / room)) }
}

/**
 * The share moved towards the mean of the population, the further the smaller its sample: (k + a) / (n + a +
 * b), the mean of the posterior distribution (Efron & Morris, J. Am. Stat. Assoc. 70, 1975, 311-319).
 * @param share `of` is at least 1
 */
export function shrunkRate({ hits, of }: Share, { mean, correlation }: BetaBinomial): number {
  const strength = 1 - correlation
  return (hits * correlation + mean * strength) / (of * correlation + strength)
}
