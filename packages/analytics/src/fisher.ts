import { logChoose } from './binomial.ts'

/** Two tables whose probabilities differ by less than this share count as equally likely, as in R. */
const TOLERANCE = 1e-7

/** Of `of` calls, `hits` failed, or had another property. */
export interface Share {
  readonly hits: number
  readonly of: number
}

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
