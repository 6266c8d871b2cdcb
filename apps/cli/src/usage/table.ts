import type { UsageSums } from '@skillwatch/schema'
import { columns as columnsOf, fit } from '../text.ts'
import { costText, exactNumber, shortNumber } from './numbers.ts'
import type { UsageRow } from './rows.ts'

type NumberText = (value: number) => string

interface Column {
  readonly heading: string
  /** When there is too little width, the column with the highest rank is left out first. */
  readonly rank: number
  cell(sums: UsageSums, number: NumberText): string
}

/** A way to show the rows: which columns, and how their numbers are written. */
interface Layout {
  readonly columns: readonly Column[]
  readonly number: NumberText
  /** Whether headings of two words take two lines. */
  readonly isNarrow: boolean
}

/** The texts of a table before they are aligned, one array a line; the first cell of each is its name. */
interface Cells {
  readonly head: readonly string[][]
  readonly body: readonly string[][]
}

const EXACT_WIDTH_MIN = 100
const NAME_WIDTH_MIN = 20
const GAP = '  '

const COLUMNS: readonly Column[] = [
  { heading: 'RESPONSES', rank: 4, cell: (sums, number) => number(sums.responses) },
  { heading: 'INPUT', rank: 3, cell: (sums, number) => number(sums.input_tokens) },
  { heading: 'OUTPUT', rank: 2, cell: (sums, number) => number(sums.output_tokens) },
  { heading: 'CACHE WRITE', rank: 6, cell: (sums, number) => number(sums.cache_creation_tokens) },
  { heading: 'CACHE READ', rank: 5, cell: (sums, number) => number(sums.cache_read_tokens) },
  { heading: 'TOTAL TOKENS', rank: 7, cell: (sums, number) => number(totalTokens(sums)) },
  { heading: 'COST', rank: 1, cell: costText },
]

/**
 * The heading lines and the lines of a table that is at most `width` columns wide. Where that is too little,
 * numbers are abbreviated, columns are left out, and at last names are cut.
 */
export function usageTable(
  nameHeading: string,
  rows: readonly UsageRow[],
  width: number,
): { head: string[]; body: string[] } {
  const { head, body } = cellsWithin(width, nameHeading, rows)
  const widths = widthsOf([...head, ...body])
  const nameWidth = Math.max(1, Math.min(widths[0]!, width - widthOfNumbers(widths)))
  const line = ([name, ...numbers]: readonly string[]) =>
    [fit(name!, nameWidth), ...numbers.map((text, index) => text.padStart(widths[index + 1]!))]
      .join(GAP)
      .trimEnd()
  return { head: head.map(line), body: body.map(line) }
}

/** The cells of the first layout that leaves enough width for names; of the last one, when none does. */
function cellsWithin(width: number, nameHeading: string, rows: readonly UsageRow[]): Cells {
  const [first, ...others] = layoutsFor(width)
  let cells = cellsOf(first!, nameHeading, rows)
  for (const layout of others) {
    if (isWithin(width, cells)) break
    cells = cellsOf(layout, nameHeading, rows)
  }
  return cells
}

function layoutsFor(width: number): Layout[] {
  const exact = { columns: COLUMNS, number: exactNumber, isNarrow: false }
  const ranks = COLUMNS.map(({ rank }) => rank).sort((a, b) => b - a)
  const narrow = ranks.map((most) => ({
    columns: COLUMNS.filter(({ rank }) => rank <= most),
    number: shortNumber,
    isNarrow: true,
  }))
  return width < EXACT_WIDTH_MIN ? narrow.slice(1) : [exact, ...narrow]
}

function cellsOf(
  { columns, number, isNarrow }: Layout,
  nameHeading: string,
  rows: readonly UsageRow[],
): Cells {
  const headings = [nameHeading, ...columns.map(({ heading }) => heading)]
  return {
    head: isNarrow ? wrapped(headings) : [headings],
    body: rows.map(({ name, sums }) => [name, ...columns.map(({ cell }) => cell(sums, number))]),
  }
}

/** Headings with one word a line; those of fewer words have them in the lower lines. */
function wrapped(headings: readonly string[]): string[][] {
  const words = headings.map((heading) => heading.split(' '))
  const height = Math.max(...words.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) => words.map((each) => each.at(line - height) ?? ''))
}

function isWithin(width: number, { head, body }: Cells): boolean {
  const widths = widthsOf([...head, ...body])
  return width - widthOfNumbers(widths) >= Math.min(widths[0]!, NAME_WIDTH_MIN)
}

function widthsOf(lines: readonly (readonly string[])[]): number[] {
  return lines.reduce<number[]>(
    (widths, cells) => cells.map((cell, index) => Math.max(widths[index] ?? 0, columnsOf(cell))),
    [],
  )
}

/** The columns after the name, each with the gap before it. */
function widthOfNumbers([, ...widths]: readonly number[]): number {
  return widths.reduce((sum, width) => sum + GAP.length + width, 0)
}

function totalTokens(sums: UsageSums): number {
  return sums.input_tokens + sums.output_tokens + sums.cache_creation_tokens + sums.cache_read_tokens
}
