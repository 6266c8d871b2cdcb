/**
 * The q-value of each p-value by Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995). Of the tests with a
 * q-value of at most 0.05, at most 5% are expected to be false. Assumes tests that are independent or depend
 * on each other positively, as those of windows that overlap do.
 * @param tests the number of tests, when it is larger as further ones have a p-value of 1
 */
export function qValues(pValues: readonly number[], tests: number = pValues.length): number[] {
  return stepUp(pValues, tests, 1)
}

/**
 * The same for tests that depend on each other in any way, by Benjamini and Yekutieli (Annals of Statistics
 * 29, 2001, 1165-1188). For m tests its values are 1 + 1/2 + … + 1/m times as large.
 */
export function qValuesOfDependentTests(pValues: readonly number[]): number[] {
  let harmonic = 0
  for (let rank = 1; rank <= pValues.length; rank += 1) harmonic += 1 / rank
  return stepUp(pValues, pValues.length, harmonic)
}

function stepUp(pValues: readonly number[], tests: number, factor: number): number[] {
  const descending = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p)
  const values = new Array<number>(pValues.length)
  let least = 1
  for (const [rankFromEnd, { p, index }] of descending.entries()) {
    least = Math.min(least, (p * tests * factor) / (pValues.length - rankFromEnd))
    values[index] = least
  }
  return values
}
