import type { UseSummary } from '@skillwatch/schema'
import { type Column, fittingTable } from '../table.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { workColumns } from '../uses/columns.ts'
import { type Work, withNested } from '../uses/work.ts'

interface GroupRow {
  readonly name: string
  readonly uses: number
  readonly work: Work
}

const ROWS_MAX = 5

/** The repositories or the models of a skill, the most used first. */
export function groupTable(
  group: 'repository' | 'model',
  items: readonly UseSummary[],
  width: number,
): { head: string[]; body: string[]; others: number } {
  const rows = items
    .map((item): GroupRow => ({ name: item[group] ?? '-', uses: item.uses, work: withNested(item) }))
    .sort((a, b) => b.uses - a.uses || b.work.calls - a.work.calls || (a.name < b.name ? -1 : 1))
  const columns: Column<GroupRow>[] = [
    { heading: [group.toUpperCase()], rank: 0, align: 'left', cell: ({ name }) => printable(name) },
    { heading: ['USES'], rank: 1, align: 'right', cell: ({ uses }) => exactNumber(uses) },
    ...workColumns<GroupRow>(
      { calls: 3, failed: 8, failureShare: 4, time: 5, tokens: 6, cost: 2 },
      ({ work }) => work,
    ),
  ]
  const { head, body } = fittingTable(columns, rows.slice(0, ROWS_MAX), width)
  return { head, body, others: Math.max(0, rows.length - ROWS_MAX) }
}
