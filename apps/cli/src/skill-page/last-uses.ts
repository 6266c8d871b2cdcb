import type { Use } from '@skillwatch/schema'
import { type Column, fittingTable } from '../table.ts'
import { MARKS } from '../tail/line.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'
import { timeText, workColumns } from '../uses/columns.ts'
import { withNested } from '../uses/work.ts'

interface View {
  readonly timeZone: string
  readonly width: number
  /** A session id as it is shown, printable. */
  idOf(sessionId: string): string
}

/** The last uses, one line each. */
export function lastUsesTable(
  rows: readonly Use[],
  { timeZone, width, idOf }: View,
): { head: string[]; body: string[] } {
  const isAnyNoted = rows.some((use) => noteOf(use) !== '')
  const columns: Column<Use>[] = [
    left('LAST USES', 0, whenIn(timeZone, rows)),
    left('SESSION', 1, ({ session_id }) => idOf(session_id)),
    left('REPOSITORY', 6, ({ repository }) => printable(repository ?? '-')),
    ...workColumns<Use>({ calls: 3 }, withNested),
    { heading: [MARKS.failed.mark], rank: 5, align: 'right', cell: failedCalls },
    { heading: ['TIME'], rank: 4, align: 'right', cell: timeOf },
    ...workColumns<Use>({ tokens: 7, cost: 2 }, withNested),
    ...(isAnyNoted ? [left('', 8, noteOf)] : []),
  ]
  return fittingTable(columns, rows, width)
}

/** The year is left out when it is the same for all. */
function whenIn(timeZone: string, uses: readonly Use[]): (use: Use) => string {
  const years = new Set(uses.map(({ began_at }) => localMinute(began_at, timeZone).slice(0, 4)))
  const start = years.size > 1 ? 0 : '2026-'.length
  return ({ began_at }) => localMinute(began_at, timeZone).slice(start)
}

function failedCalls(use: Use): string {
  return exactNumber(use.failed_calls_with_nested)
}

/** A time that may grow is a lower bound. */
function timeOf({ settled, work_ms_with_nested: ms }: Use): string {
  return settled ? timeText(ms) : `≥ ${timeText(ms)}`
}

function noteOf({ interrupted, settled, outcome }: Use): string {
  if (interrupted) return 'interrupted'
  if (outcome === 'failed' || outcome === 'rejected' || outcome === 'abandoned') return outcome
  return settled ? '' : 'not over'
}

function left(heading: string, rank: number, cell: (use: Use) => string): Column<Use> {
  return { heading: [heading], rank, align: 'left', cell }
}
