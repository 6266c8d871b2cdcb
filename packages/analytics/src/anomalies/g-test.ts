import { chiSquaredAtLeast } from '../distributions/continuous.ts'

/**
 * The likelihood-ratio test that the rows of a table have the same shares, without a correction for
 * continuity (Sokal & Rohlf, Biometry, 17.4). Columns without any count do not count.
 * @param table two rows or more, of as many columns each
 */
export function gTest(table: readonly (readonly number[])[]) {
  const rowSums = table.map(sumOf)
  const columnSums = table[0]!.map((_, column) => sumOf(table.map((row) => row[column]!)))
  const all = sumOf(rowSums)
  let g = 0
  for (const [row, counts] of table.entries())
    for (const [column, count] of counts.entries())
      if (count > 0) g += 2 * count * Math.log((count * all) / (rowSums[row]! * columnSums[column]!))
  const columns = columnSums.filter((sum) => sum > 0).length
  const degreesOfFreedom = (table.length - 1) * (columns - 1)
  // Rounding may put G a little below 0.
  g = Math.max(0, g)
  return { g, degreesOfFreedom, p: degreesOfFreedom > 0 ? chiSquaredAtLeast(g, degreesOfFreedom) : 1 }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
