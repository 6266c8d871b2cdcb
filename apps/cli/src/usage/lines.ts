import type { UsageReply } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Groups, PERIODS, type Period } from './groups.ts'
import { exactNumber, isEstimated } from './numbers.ts'
import { type UsageRow, usageRows } from './rows.ts'
import { usageTable } from './table.ts'
import { localMinute } from './time-zone.ts'

/** What a command line asked for. */
export interface UsageView {
  readonly period: Period
  readonly groups: Groups
  readonly timeZone: string
  /** Whether the window begins where it does without --since. */
  readonly isDefaultWindow: boolean
}

/** An answer as text: headings that name the window, the table, and notes on its costs. */
export function usageLines(reply: UsageReply, view: UsageView, width: number, paint: Paint): string[] {
  const rows = usageRows(reply, view.groups)
  const { head, body } = usageTable(view.groups.join('/').toUpperCase(), rows, width)
  const bold = (line: string) => paint('bold', line)
  const notes = costNotes(rows, reply.totals.unpriced_responses)
  return [
    bold(title(view)),
    windowText(reply, view),
    '',
    ...head.map(bold),
    ...body,
    ...(notes.length > 0 ? ['', ...notes] : []),
  ]
}

/** Start and end of the window of an answer. */
export function windowText(
  { since, until }: Pick<UsageReply, 'since' | 'until'>,
  { timeZone }: Pick<UsageView, 'timeZone'>,
): string {
  const start = since === null ? 'the first response' : localMinute(since, timeZone)
  return `${start} to ${localMinute(until, timeZone)}, ${timeZone}`
}

function title({ period, groups: [group, breakdown], isDefaultWindow }: UsageView): string {
  const window = isDefaultWindow ? ` over ${PERIODS[period].window} (default of --since)` : ''
  return `Usage by ${group} and ${breakdown}${window}`
}

function costNotes(rows: readonly UsageRow[], unpriced: number): string[] {
  const notes = []
  if (rows.some(({ sums }) => sums.cost_usd !== null && isEstimated(sums.cost_source)))
    notes.push('~ estimated from prices per token.')
  if (unpriced === 1) notes.push('1 response has no price; its cost is not in the sums.')
  if (unpriced > 1)
    notes.push(`${exactNumber(unpriced)} responses have no price; their cost is not in the sums.`)
  return notes
}
