import type { SessionSummary } from '@skillwatch/schema'
import { demand, type Endpoint } from '../http.ts'
import type { Page } from '../pages.ts'

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
