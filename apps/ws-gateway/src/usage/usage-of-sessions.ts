import { usageHours } from '@skillwatch/db'
import type { SessionCounts, SessionSummary } from '@skillwatch/schema'
import type { GatewayDeps } from '../deps.ts'
import { createCalendar } from './periods.ts'
import { sumUsage } from './sum-usage.ts'

/** Counts by session have no days, so that the time zone does not matter. */
const CALENDAR = createCalendar('UTC')

/** Adds tokens and money to sessions. */
export function withUsage<Session extends SessionCounts>(
  { reader, pricing }: Pick<GatewayDeps, 'reader' | 'pricing'>,
  projectId: number,
  sessions: readonly Session[],
): (Session & Pick<SessionSummary, 'usage'>)[] {
  const session_ids = sessions.map(({ session_id }) => session_id)
  const query = { session_ids, until_ms: Number.MAX_SAFE_INTEGER }
  const hours = usageHours(reader, projectId, query, { by: ['session_id'], splitAt: pricing.changesAtMs })
  const { items } = sumUsage(hours, ['session'], CALENDAR, pricing)
  const bySession = new Map(items.map(({ session, ...usage }) => [session, usage]))
  const none = sumUsage([], [], CALENDAR, pricing).totals
  return sessions.map((session) => ({ ...session, usage: bySession.get(session.session_id) ?? none }))
}
