import type { SessionSummary, UsageReply, UsageSums } from '@skillwatch/schema'
import { demand, type Endpoint } from '../http.ts'
import type { Page } from '../pages.ts'

/** Before the first response of any agent. */
const SINCE_EVER = '2000-01-01T00:00:00Z'

/** Sessions, the latest active first; with `prefix` those whose id begins with it. */
export async function readSessions(
  gateway: Endpoint,
  { prefix, limit }: { prefix?: string; limit: number },
  signal: AbortSignal,
): Promise<{ sessions: SessionSummary[]; isMore: boolean }> {
  const query = new URLSearchParams({ ...(prefix !== undefined && { prefix }), limit: String(limit) })
  const page = await demand<Page<SessionSummary>>(gateway, `/v1/sessions?${query}`, { signal })
  return { sessions: [...page.items], isMore: page.next_cursor !== null }
}

/** The tokens and the cost of every session that has responses, by session id. */
export async function readUsageBySession(
  gateway: Endpoint,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, UsageSums>> {
  const { items } = await readUsage(gateway, {}, signal)
  return new Map(items.map(({ session, ...sums }) => [session!, sums]))
}

/** The tokens and the cost of one session. */
export async function readUsageOf(
  gateway: Endpoint,
  session: string,
  signal: AbortSignal,
): Promise<UsageSums> {
  return (await readUsage(gateway, { session }, signal)).totals
}

function readUsage(
  gateway: Endpoint,
  filter: Record<string, string>,
  signal: AbortSignal,
): Promise<UsageReply> {
  const query = new URLSearchParams({ by: 'session', since: SINCE_EVER, ...filter })
  return demand(gateway, `/v1/usage?${query}`, { signal })
}
