import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { columns, fit, printable } from '../text.ts'
import type { ChangeText } from './change-text.ts'
import type { ReportDocument } from './document.ts'
import type { Cell, ReportTable } from './tables.ts'

const INDENT = '  '
const COLOURS = { good: 'green', bad: 'red', neutral: 'cyan' } as const

/** A report for a terminal, at most `width` columns wide. */
export function textLines(document: ReportDocument, width: number, paint: Paint): string[] {
  const { title, window, timeZone, comparedWith, empty, changes, notes, tables } = document
  const labelWidth = Math.max(0, ...changes.map(({ label }) => label.length))
  return [
    paint('bold', title),
    `${window.since} to ${window.until}, ${timeZone}`,
    ...(comparedWith === null ? [] : [`Compared with ${comparedWith.since} to ${comparedWith.until}`]),
    ...(empty === null ? [] : ['', ...wrap(empty, width)]),
    ...(notes.length === 0 ? [] : ['', paint('bold', 'What changed')]),
    ...changes.flatMap((change) => changeLines(change, labelWidth, width, paint)),
    ...(changes.length > 0 ? [''] : []),
    ...notes.flatMap((note) => wrap(note, width)),
    ...tables.flatMap((table) => tableLines(table, width, paint)),
  ]
}

function changeLines(change: ChangeText, labelWidth: number, width: number, paint: Paint): string[] {
  const { label, tone, subject, text } = change
  const name = typeof subject === 'string' ? subject : `${printable(subject.skill_name)} (${subject.kind})`
  const textWidth = Math.max(1, width - labelWidth - 2 * INDENT.length)
  const [first = '', ...others] = wrap(`${shortened(name, textWidth)}: ${text}`, textWidth)
  const margin = ' '.repeat(labelWidth)
  return [
    `${INDENT}${paint(COLOURS[tone], fit(label, labelWidth))}${INDENT}${first}`,
    ...others.map((line) => `${INDENT}${margin}${INDENT}${line}`),
  ]
}

/** Leaves room for the colon behind it. */
function shortened(name: string, width: number): string {
  return columns(name) < width ? name : fit(name, width - 1)
}

function tableLines({ title, columns: all, rows, notes }: ReportTable, width: number, paint: Paint) {
  const fitting = all.map(
    ({ heading, rank, align }, index): Column<readonly Cell[]> => ({
      heading: heading.toUpperCase().split(' '),
      rank,
      align,
      cell: (row) => cellText(row[index]!),
    }),
  )
  const { head, body } = fittingTable(fitting, rows, width)
  return ['', paint('bold', title), ...head, ...body, ...notes.flatMap((note) => wrap(note, width))]
}

function cellText(cell: Cell): string {
  return typeof cell === 'string' ? cell : printable(cell.name)
}

/** Breaks a printable text at spaces. Where a word is too long, it takes a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && columns(line) + 1 + columns(word) <= width)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
