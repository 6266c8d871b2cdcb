/** In how many sessions each skill is, and each two of them. */
export interface PairCounts {
  readonly sessions: number
  readonly skills: number
  /** By the numbers of two skills: sessions with both; by one number twice: sessions with the skill. */
  both(a: number, b: number): number
}

/** A skill with the number, and how similar it is. */
export interface Scored {
  readonly number: number
  readonly score: number
}

const BOTH_MIN = 5
/** The 99.9% quantile of the chi-squared distribution with one degree of freedom. */
const G_MIN = 10.8276

/** Counts pairs. @param sample the sessions to count, each as often as it is in it; all once by default */
export function countPairs(
  sessions: readonly (readonly number[])[],
  skills: number,
  sample: Iterable<number> = sessions.keys(),
): PairCounts {
  const table = new Uint32Array(skills * skills)
  let counted = 0
  for (const index of sample) {
    const session = sessions[index]!
    counted += 1
    for (const a of session) for (const b of session) table[a * skills + b]! += 1
  }
  return { sessions: counted, skills, both: (a, b) => table[a * skills + b]! }
}

/**
 * How much two skills are used with the same other skills, for each skill with all others: the cosine of
 * their rows of positive pointwise mutual information, ln(both · all / (with a · with b)) (Church & Hanks,
 * Computational Linguistics 16, 1990; Bullinaria & Levy, Behavior Research Methods 39, 2007). A skill counts
 * as used with itself, so that two skills which are only used together are similar. Pairs of fewer than 5
 * sessions count as 0, and so do those that chance explains (likelihood ratio G² of Dunning, Computational
 * Linguistics 19, 1993, at p > 0.001): they are noise, and most pairs.
 * @returns by number of a skill: others with a score above 0, at most 1, in the order of their numbers
 */
export function coUseScores(counts: PairCounts): Scored[][] {
  const rows = Array.from({ length: counts.skills }, (_, number) => informationOf(counts, number))
  const norms = rows.map((row) => Math.sqrt(row.reduce((sum, { score }) => sum + score ** 2, 0)))
  const products = new Float64Array(counts.skills)
  return rows.map((row, number) => {
    products.fill(0)
    // The table is symmetric, so the row of a context has all skills with this context.
    for (const context of row)
      for (const other of rows[context.number]!) products[other.number]! += context.score * other.score
    return scoredOf(products, number, norms)
  })
}

function scoredOf(products: Float64Array, number: number, norms: readonly number[]): Scored[] {
  const scored: Scored[] = []
  for (const [other, product] of products.entries())
    if (product > 0 && other !== number)
      scored.push({ number: other, score: Math.min(1, product / (norms[number]! * norms[other]!)) })
  return scored
}

/** The skills that one is used with more often than by chance, itself included, with their information. */
function informationOf(counts: PairCounts, number: number): Scored[] {
  const withIt = counts.both(number, number)
  const row: Scored[] = []
  if (withIt < BOTH_MIN) return row
  for (let other = 0; other < counts.skills; other += 1) {
    const both = counts.both(number, other)
    const ratio = (both * counts.sessions) / (withIt * counts.both(other, other))
    const isCounted =
      both >= BOTH_MIN && ratio > 1 && (other === number || isMoreThanChance(counts, number, other))
    if (isCounted) row.push({ number: other, score: Math.log(ratio) })
  }
  return row
}

/** Whether two skills are together more often than chance explains, given that they are above their mean. */
function isMoreThanChance({ both, sessions }: PairCounts, a: number, b: number): boolean {
  const [withBoth, withA, withB] = [both(a, b), both(a, a), both(b, b)]
  const cells = [
    [withBoth, withA, withB],
    [withA - withBoth, withA, sessions - withB],
    [withB - withBoth, sessions - withA, withB],
    [sessions - withA - withB + withBoth, sessions - withA, sessions - withB],
  ]
  let g = 0
  for (const [count, row, column] of cells as [number, number, number][])
    if (count > 0) g += 2 * count * Math.log((count * sessions) / (row * column))
  return g > G_MIN
}
