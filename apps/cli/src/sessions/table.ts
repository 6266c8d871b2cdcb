import type { SessionSummary } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { formatDuration } from '../tail/line.ts'
import { shortSessions } from '../tail/session-ids.ts'
import { printable } from '../text.ts'
import { costText, exactNumber, isEstimated, shortNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'
import { totalTokens } from './tokens.ts'

/** How sessions are shown. */
export interface SessionsView {
  /** Whether ids are whole, even where lines become wider than the terminal. */
  readonly isFull: boolean
  readonly timeZone: string
  readonly width: number
}

/** One line a session, and notes on the costs. */
export function sessionLines(
  sessions: readonly SessionSummary[],
  view: SessionsView,
  paint: Paint,
): string[] {
  const width = view.isFull ? Number.POSITIVE_INFINITY : view.width
  const idOf = view.isFull ? printable : shortSessions(sessions.map(({ session_id }) => session_id))
  const { head, body } = fittingTable(columnsOf(view, idOf), sessions, width)
  const notes = costNotes(sessions)
  return [...head.map((line) => paint('bold', line)), ...body, ...(notes.length > 0 ? ['', ...notes] : [])]
}

function columnsOf(
  { timeZone }: SessionsView,
  idOf: (sessionId: string) => string,
): Column<SessionSummary>[] {
  return [
    { heading: ['SESSION'], rank: 0, align: 'left', cell: ({ session_id }) => idOf(session_id) },
    {
      heading: ['STARTED'],
      rank: 3,
      align: 'left',
      cell: ({ first_invoked_at }) => localMinute(first_invoked_at, timeZone),
    },
    right('LASTED', 5, (session) => formatDuration(lastedMs(session))),
    right('CALLS', 1, (session) => exactNumber(session.invocation_count)),
    right('FAILED', 4, (session) => exactNumber(session.failed_count)),
    right('RUNNING', 7, (session) => exactNumber(session.running_count)),
    right('TOKENS', 6, ({ usage }) => (usage.responses === 0 ? '-' : shortNumber(totalTokens(usage)))),
    right('COST', 2, ({ usage }) => (usage.responses === 0 ? '-' : costText(usage))),
  ]
}

function right(
  heading: string,
  rank: number,
  cell: (row: SessionSummary) => string,
): Column<SessionSummary> {
  return { heading: [heading], rank, align: 'right', cell }
}

/** From the first call to the last activity. */
export function lastedMs({
  first_invoked_at,
  last_active_at,
}: Pick<SessionSummary, 'first_invoked_at' | 'last_active_at'>): number {
  return Date.parse(last_active_at) - Date.parse(first_invoked_at)
}

function costNotes(sessions: readonly SessionSummary[]): string[] {
  const usages = sessions.map(({ usage }) => usage)
  const unpriced = usages.reduce((sum, { unpriced_responses }) => sum + unpriced_responses, 0)
  const notes = []
  if (usages.some(({ cost_usd, cost_source }) => cost_usd !== null && isEstimated(cost_source)))
    notes.push('~ estimated from prices per token.')
  if (unpriced > 0)
    notes.push(`Responses without a price, which no cost includes: ${exactNumber(unpriced)}.`)
  return notes
}
