import type { RecordedWindow } from './read.ts'
import type { Totals } from './report.ts'
import { spentOf } from './spent.ts'

export function totalsOf({ overview, skills, usage, turnSessions, sessions }: RecordedWindow): Totals {
  const calls = (column: 'invocation_count' | 'failed_count' | 'rejected_count') =>
    overview.kinds.reduce((sum, counts) => sum + counts[column], 0)
  return {
    sessions: sessions.length,
    turns: turnSessions.length,
    uses: skills.reduce((sum, { uses }) => sum + uses, 0),
    calls: calls('invocation_count'),
    failed_calls: calls('failed_count'),
    rejected_calls: calls('rejected_count'),
    ...spentOf(usage.totals),
  }
}
