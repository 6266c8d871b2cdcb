import type { Share } from '../share.ts'
import { logChoose } from './special.ts'

/** Two tables whose probabilities differ by less than this share count as equally likely, as in R. */
const TOLERANCE = 1e-7
/** Terms below this share of their sum cannot change it. */
const NEGLIGIBLE = 1e-17

/**
 * The two-sided p-value of Fisher's exact test that two shares are equal: the probability of all tables with
 * the same margins that are at most as likely as this one (Agresti, Categorical Data Analysis, 3.5.1).
 * @param a and `b` are whole numbers
 */
export function fisherTwoSided(a: Share, b: Share): number {
  const hits = a.hits + b.hits
  const [least, most] = [Math.max(0, hits - b.of), Math.min(a.of, hits)]
  const logAll = logChoose(a.of + b.of, hits)
  const probability = (hitsOfA: number) =>
    Math.exp(logChoose(a.of, hitsOfA) + logChoose(b.of, hits - hitsOfA) - logAll)
  const bound = probability(a.hits) * (1 + TOLERANCE)
  let sum = 0
  for (let hitsOfA = least; hitsOfA <= most; hitsOfA += 1) {
    const each = probability(hitsOfA)
    if (each <= bound) sum += each
  }
  return Math.min(1, sum)
}

/**
 * The p-value of Fisher's exact test that the share of `a` is not above that of `b`: the probability of all
 * tables with the same margins that have at least as many hits in `a` (ibid.).
 * @param a and `b` are whole numbers
 */
export function fisherGreater(a: Share, b: Share): number {
  const hits = a.hits + b.hits
  const most = Math.min(a.of, hits)
  if (a.hits <= Math.max(0, hits - b.of)) return 1
  let term = Math.exp(logChoose(a.of, a.hits) + logChoose(b.of, b.hits) - logChoose(a.of + b.of, hits))
  let sum = term
  for (let k = a.hits + 1; k <= most && term > sum * NEGLIGIBLE; k += 1) {
    term *= ((a.of - k + 1) / k) * ((hits - k + 1) / (b.of - hits + k))
    sum += term
  }
  return Math.min(1, sum)
}
