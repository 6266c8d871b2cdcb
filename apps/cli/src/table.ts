import { columns as columnsOf, fit } from './text.ts'

/** A column of a table that fits a terminal. */
export interface Column<Row> {
  /** The heading, as the lines that it takes where there is too little width for one line. */
  readonly heading: readonly string[]
  /** When there is too little width, the column with the highest rank is left out first. */
  readonly rank: number
  readonly align: 'left' | 'right'
  /** A printable text. */
  cell(row: Row): string
}

/** The texts of a table before they are aligned, one array a line. */
interface Cells<Row> {
  readonly columns: readonly Column<Row>[]
  readonly head: readonly string[][]
  readonly body: readonly string[][]
}

const NAME_WIDTH_MIN = 20
const GAP = '  '

/**
 * The heading lines and the lines of a table that is at most `width` columns wide. The first column has names
 * and is never left out. Where there is too little width, headings take several lines, columns are left out,
 * and at last names are cut.
 */
export function fittingTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): { head: string[]; body: string[] } {
  const cells = cellsWithin(width, columns, rows)
  const widths = widthsOf(cells)
  const nameWidth = Math.max(1, Math.min(widths[0]!, width - widthAfterName(widths)))
  const line = ([name, ...others]: readonly string[]) =>
    [
      fit(name!, nameWidth),
      ...others.map((text, index) => aligned(text, cells.columns[index + 1]!.align, widths[index + 1]!)),
    ]
      .join(GAP)
      .trimEnd()
  return { head: cells.head.map(line), body: cells.body.map(line) }
}

/** Whether a table of this width has room for all columns, for headings of one line and for whole names. */
export function fitsWhole<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): boolean {
  return isWhole(width, cellsOf(columns, rows, oneLine(columns)))
}

/** The cells of the first layout that leaves enough width for names; of the last one, when none does. */
function cellsWithin<Row>(width: number, all: readonly Column<Row>[], rows: readonly Row[]): Cells<Row> {
  let cells = cellsOf(all, rows, oneLine(all))
  if (isWhole(width, cells)) return cells
  const [name, ...others] = all
  const ranks = others.map(({ rank }) => rank).sort((a, b) => b - a)
  for (const highest of [...ranks, -Infinity]) {
    const columns = [name!, ...others.filter(({ rank }) => rank <= highest)]
    cells = cellsOf(columns, rows, severalLines(columns))
    if (isReadable(width, cells)) break
  }
  return cells
}

function cellsOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  head: readonly string[][],
): Cells<Row> {
  return { columns, head, body: rows.map((row) => columns.map(({ cell }) => cell(row))) }
}

function oneLine<Row>(columns: readonly Column<Row>[]): string[][] {
  return [columns.map(({ heading }) => heading.join(' '))]
}

/** Headings of fewer lines than others have them at the bottom. */
function severalLines<Row>(columns: readonly Column<Row>[]): string[][] {
  const height = Math.max(...columns.map(({ heading }) => heading.length))
  return Array.from({ length: height }, (_, line) =>
    columns.map(({ heading }) => heading.at(line - height) ?? ''),
  )
}

function isWhole<Row>(width: number, cells: Cells<Row>): boolean {
  const widths = widthsOf(cells)
  return width - widthAfterName(widths) >= widths[0]!
}

/** Whether names are whole, or cut to a length at which most of them still differ. */
function isReadable<Row>(width: number, cells: Cells<Row>): boolean {
  const widths = widthsOf(cells)
  return width - widthAfterName(widths) >= Math.min(widths[0]!, NAME_WIDTH_MIN)
}

function widthsOf<Row>({ columns, head, body }: Cells<Row>): number[] {
  const lines = [...head, ...body]
  return columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, columnsOf(line[index]!)), 0),
  )
}

/** The columns after the name, each with the gap before it. */
function widthAfterName([, ...widths]: readonly number[]): number {
  return widths.reduce((sum, width) => sum + GAP.length + width, 0)
}

function aligned(text: string, align: 'left' | 'right', width: number): string {
  return align === 'left' ? fit(text, width) : ' '.repeat(width - columnsOf(text)) + text
}
