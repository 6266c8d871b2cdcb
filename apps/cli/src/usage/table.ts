import type { UsageSums } from '@skillwatch/schema'
import { totalTokens } from '../sessions/tokens.ts'
import { type Column, fitsWhole, fittingTable } from '../table.ts'
import { costText, exactNumber, shortNumber } from './numbers.ts'
import type { UsageRow } from './rows.ts'

type NumberText = (value: number) => string

/** In narrower tables numbers are abbreviated, and the sum of all tokens is left out. */
const WIDE_MIN = 100

/**
 * The heading lines and the lines of a table that is at most `width` columns wide. Where that is too little,
 * numbers are abbreviated, columns are left out, and at last names are cut.
 */
export function usageTable(
  nameHeading: string,
  rows: readonly UsageRow[],
  width: number,
): { head: string[]; body: string[] } {
  const name: Column<UsageRow> = { heading: [nameHeading], rank: 0, align: 'left', cell: (row) => row.name }
  if (width < WIDE_MIN) return fittingTable([name, ...tokenColumns(shortNumber), COST], rows, width)
  const columnsWith = (number: NumberText) => [name, ...tokenColumns(number), totalColumn(number), COST]
  const exact = columnsWith(exactNumber)
  return fittingTable(fitsWhole(exact, rows, width) ? exact : columnsWith(shortNumber), rows, width)
}

const COST = right(['COST'], 1, costText)

function tokenColumns(number: NumberText): Column<UsageRow>[] {
  return [
    right(['RESPONSES'], 4, (sums) => number(sums.responses)),
    right(['INPUT'], 3, (sums) => number(sums.input_tokens)),
    right(['OUTPUT'], 2, (sums) => number(sums.output_tokens)),
    right(['CACHE', 'WRITE'], 6, (sums) => number(sums.cache_creation_tokens)),
    right(['CACHE', 'READ'], 5, (sums) => number(sums.cache_read_tokens)),
  ]
}

function totalColumn(number: NumberText): Column<UsageRow> {
  return right(['TOTAL', 'TOKENS'], 7, (sums) => number(totalTokens(sums)))
}

function right(
  heading: readonly string[],
  rank: number,
  cell: (sums: UsageSums) => string,
): Column<UsageRow> {
  return { heading, rank, align: 'right', cell: ({ sums }) => cell(sums) }
}
