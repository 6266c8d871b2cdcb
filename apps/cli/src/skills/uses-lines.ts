import type { Kind } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { printable, wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { defaultText, lengthText, type UseWindow, windowText } from '../uses/window.ts'
import type { NoLongerUsed, SkillRow } from './rows.ts'
import { type TableView, usesTable } from './uses-table.ts'

/** What a command line asked for. */
export interface UsesView extends TableView {
  readonly window: UseWindow
  readonly kind: Kind | undefined
  readonly timeZone: string
}

/** What is shown beside the rows. */
export interface Comparison {
  /** Whether the time before is compared, and anything was recorded by then. */
  readonly isTrendKnown: boolean
  readonly noLongerUsed: NoLongerUsed
}

const NAMES_MAX = 5

/** Uses as text: headings that name the window, the table, and notes. */
export function usesLines(
  rows: readonly SkillRow[],
  { isTrendKnown, noLongerUsed }: Comparison,
  view: UsesView,
  paint: Paint,
): string[] {
  const { window, timeZone, width } = view
  const trend = isTrendKnown ? `; TREND compares with the ${lengthText(window)} before` : ''
  const notes = noLongerUsed.length > 0 ? ['', unusedText(noLongerUsed, window)] : []
  return [
    ...wrap(title(view), width, '  ').map((line) => paint('bold', line)),
    ...wrap(`${windowText(window, timeZone)}${trend}`, width, '  '),
    '',
    ...usesTable(rows, view, paint),
    ...notes.flatMap((line) => wrap(line, width, '  ')),
  ]
}

/** What was used: a kind, or one of all kinds that have uses. */
export function kindText(kind: Kind | undefined): string {
  return kind === undefined ? 'a skill, command or agent' : `kind ${kind}`
}

function title({ kind, by, window }: UsesView): string {
  const what = kind === undefined ? 'Skills, commands and agents' : `Kind ${kind}`
  return `${what} by ${by ?? 'use'}${defaultText(window)}`
}

function unusedText(unused: NoLongerUsed, window: UseWindow): string {
  const names = unused
    .slice(0, NAMES_MAX)
    .map(({ skill_name, uses_before }) => `${printable(skill_name!)} (${exactNumber(uses_before)})`)
  const others = unused.length - names.length
  const rest = others > 0 ? ` and ${exactNumber(others)} more` : ''
  return `Used in the ${lengthText(window)} before, not in these: ${names.join(', ')}${rest}.`
}
