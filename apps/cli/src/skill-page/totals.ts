import type { UseSummary } from '@skillwatch/schema'
import { type Column, fittingTable } from '../table.ts'
import { costText, exactNumber } from '../usage/numbers.ts'
import { timeText, tokensText } from '../uses/columns.ts'
import { countAndShare, trendText } from '../uses/shares.ts'
import { lengthText } from '../uses/window.ts'
import { type Work, withNested } from '../uses/work.ts'
import type { SkillPage } from './read.ts'

/** The uses of a window and what they caused. */
type Sums = Work & Pick<UseSummary, 'uses'>

interface TotalRow {
  readonly name: string
  textOf(sums: Sums): string
}

const ROWS: readonly TotalRow[] = [
  { name: 'Uses', textOf: ({ uses }) => exactNumber(uses) },
  { name: 'Calls', textOf: ({ calls }) => exactNumber(calls) },
  { name: 'Failed calls', textOf: ({ failed_calls, calls }) => countAndShare(failed_calls, calls) },
  { name: 'Refused calls', textOf: ({ rejected_calls, calls }) => countAndShare(rejected_calls, calls) },
  { name: 'Retried calls', textOf: ({ retried_calls, calls }) => countAndShare(retried_calls, calls) },
  { name: 'Time', textOf: ({ work_ms }) => timeText(work_ms) },
  { name: 'Tokens', textOf: tokensText },
  { name: 'Cost', textOf: costText },
]

/** The totals of the window, beside those of the time before when anything was recorded then. */
export function totalsTable(
  page: Pick<SkillPage, 'totals' | 'before' | 'isBeforeRecorded' | 'window'>,
  width: number,
): { head: string[]; body: string[] } {
  const { totals, before, isBeforeRecorded, window } = page
  const length = lengthText(window).toUpperCase()
  const trend = trendText(totals?.uses ?? 0, before?.uses ?? 0)
  const comparison = [
    right(`${length} BEFORE`, 2, (row) => textOf(row, before)),
    right('TREND', 3, ({ name }) => (name === 'Uses' ? trend : '')),
  ]
  const columns: Column<TotalRow>[] = [
    { heading: [''], rank: 0, align: 'left', cell: ({ name }) => name },
    right(`THESE ${length}`, 1, (row) => textOf(row, totals)),
    ...(isBeforeRecorded ? comparison : []),
  ]
  return fittingTable(columns, ROWS, width)
}

/** Without uses nothing is known of what they caused. */
function textOf(row: TotalRow, sums: UseSummary | undefined): string {
  if (sums === undefined) return row.name === 'Uses' ? '0' : '-'
  return row.textOf({ ...withNested(sums), uses: sums.uses })
}

function right(heading: string, rank: number, cell: (row: TotalRow) => string): Column<TotalRow> {
  return { heading: [heading], rank, align: 'right', cell }
}
