/**
 * The q-value of each p-value by Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995). Of the tests with a
 * q-value of at most 0.05, at most 5% are expected to be false.
 */
export function qValues(pValues: readonly number[]): number[] {
  const descending = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p)
  const values = new Array<number>(pValues.length)
  let least = 1
  for (const [rankFromEnd, { p, index }] of descending.entries()) {
    least = Math.min(least, (p * pValues.length) / (pValues.length - rankFromEnd))
    values[index] = least
  }
  return values
}
