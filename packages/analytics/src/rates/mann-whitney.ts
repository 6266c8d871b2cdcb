import { normalTwoSided } from '../distributions/continuous.ts'
import { logChoose } from '../distributions/special.ts'

export interface RankTest {
  /** Pairs in which the value of `x` is the larger one; a tie counts half. */
  readonly u: number
  /** The two-sided p-value of equal distributions. */
  readonly p: number
  readonly method: 'exact' | 'asymptotic'
}

/** Up to this product of the sample sizes all orders are counted, when no two values are equal. */
const EXACT_PAIRS_MAX = 400

/**
 * The rank test of two independent samples (Mann & Whitney, Annals of Mathematical Statistics 18, 1947).
 * Small samples without ties are exact; else the normal approximation with corrections for ties and
 * continuity is used (Hollander & Wolfe, Nonparametric Statistical Methods, 4.1).
 * @param x and `y` each have at least one value
 */
export function mannWhitney(x: readonly number[], y: readonly number[]): RankTest {
  const { u, tieSum } = countPairs(x, y)
  const pairs = x.length * y.length
  if (tieSum === 0 && pairs <= EXACT_PAIRS_MAX)
    return { u, p: exactTwoSided(Math.min(u, pairs - u), x.length, y.length), method: 'exact' }
  const all = x.length + y.length
  const variance = (pairs / 12) * (all + 1 - tieSum / (all * (all - 1)))
  if (variance <= 0) return { u, p: 1, method: 'asymptotic' }
  const distance = Math.max(0, Math.abs(u - pairs / 2) - 0.5)
  return { u, p: normalTwoSided(distance / Math.sqrt(variance)), method: 'asymptotic' }
}

/** U of `x` from the sum of its ranks, and Σ(t³ - t) over groups of t equal values. */
function countPairs(x: readonly number[], y: readonly number[]) {
  const pooled = [...x, ...y].map((value, index) => ({ value, isX: index < x.length }))
  pooled.sort((a, b) => a.value - b.value)
  let rankSum = 0
  let tieSum = 0
  for (let start = 0, end = 0; start < pooled.length; start = end) {
    let countX = 0
    for (; end < pooled.length && pooled[end]!.value === pooled[start]!.value; end += 1)
      if (pooled[end]!.isX) countX += 1
    const tied = end - start
    rankSum += countX * ((start + 1 + end) / 2)
    tieSum += tied ** 3 - tied
  }
  return { u: rankSum - (x.length * (x.length + 1)) / 2, tieSum }
}

/**
 * Twice P(U ≤ u). The number of orders with U = u is the coefficient of q^u in the Gaussian binomial
 * coefficient, a product of (1 - q^(n+i)) / (1 - q^i) (ibid., 4.1, comment 3).
 */
function exactTwoSided(u: number, m: number, n: number): number {
  const counts = new Float64Array(u + 1)
  counts[0] = 1
  for (let i = 1; i <= m; i += 1) {
    for (let k = u; k >= n + i; k -= 1) counts[k]! -= counts[k - n - i]!
    for (let k = i; k <= u; k += 1) counts[k]! += counts[k - i]!
  }
  const orders = counts.reduce((sum, count) => sum + count, 0)
  return Math.min(1, 2 * Math.exp(Math.log(orders) - logChoose(m + n, m)))
}
