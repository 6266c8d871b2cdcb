import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { costNotes, workColumns } from '../uses/columns.ts'
import { trendText } from '../uses/shares.ts'
import { ageText } from './cells.ts'
import type { Breakdown, SkillRow } from './rows.ts'
import type { Sort } from './sort.ts'

/** How rows are shown. */
export interface TableView {
  readonly by: Breakdown | undefined
  /** The column that rows are sorted by is left out last. */
  readonly sort: Sort
  readonly nowMs: number
  readonly width: number
}

/** One line a row, at most `width` columns wide, and notes on the costs. */
export function usesTable(rows: readonly SkillRow[], view: TableView, paint: Paint): string[] {
  const { head, body } = fittingTable(columnsOf(rows, view), rows, view.width)
  const unpriced = rows.reduce((sum, { sums }) => sum + sums.unpriced_responses, 0)
  const works = rows.map(({ work }) => work)
  return [
    ...head.map((line) => paint('bold', line)),
    ...body,
    ...costNotes(works, unpriced).flatMap((note, index) => (index === 0 ? ['', note] : [note])),
  ]
}

function columnsOf(rows: readonly SkillRow[], { by, sort, nowMs }: TableView): Column<SkillRow>[] {
  const rank = (of: Sort, otherwise: number) => (sort === of ? 1 : otherwise)
  const workOf = ({ work }: SkillRow) => work
  const isCompared = rows.some(({ sums }) => sums.uses_before !== undefined)
  return [
    left('SKILL', 0, ({ sums }) => sums.skill_name!),
    ...(severalKinds(rows) ? [left('KIND', 8, ({ sums }) => sums.kind!)] : []),
    ...(by === undefined ? [] : [left(by.toUpperCase(), 0, ({ sums }) => sums[by] ?? '-')]),
    right(['USES'], 1, ({ sums }) => exactNumber(sums.uses)),
    ...(isCompared ? [right(['TREND'], 4, trendOf)] : []),
    ...workColumns({ calls: rank('calls', 3), failed: rank('failures', 10), failureShare: 5 }, workOf),
    ...workColumns({ refused: 13, time: rank('time', 6), tokens: rank('tokens', 7), cost: 2 }, workOf),
    right(['INTERRUPTED'], 11, ({ sums }) => exactNumber(sums.interrupted_uses)),
    right(['USED', 'AGAIN'], 12, ({ sums }) => exactNumber(sums.used_again)),
    ...(by === undefined ? [right(['LAST', 'USED'], rank('last', 9), lastUsed(nowMs))] : []),
  ]
}

function severalKinds(rows: readonly SkillRow[]): boolean {
  return new Set(rows.map(({ sums }) => sums.kind)).size > 1
}

function trendOf({ sums: { uses, uses_before } }: SkillRow): string {
  return uses_before === undefined ? '' : trendText(uses, uses_before)
}

function lastUsed(nowMs: number): (row: SkillRow) => string {
  return ({ sums: { last_invoked_at } }) =>
    last_invoked_at === undefined ? '-' : ageText(last_invoked_at, nowMs)
}

function left(heading: string, rank: number, textOf: (row: SkillRow) => string): Column<SkillRow> {
  return { heading: [heading], rank, align: 'left', cell: (row) => printable(textOf(row)) }
}

function right(heading: readonly string[], rank: number, cell: (row: SkillRow) => string): Column<SkillRow> {
  return { heading, rank, align: 'right', cell }
}
