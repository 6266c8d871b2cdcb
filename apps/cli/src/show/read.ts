import { Invocation, SessionSkill, SessionSummary } from '@skillwatch/schema'
import { Type } from 'typebox'
import { demandAs, type Endpoint } from '../http.ts'

const PAGE_ITEMS_MAX = 1_000

/** What `show` uses of the answer about one session. */
const SessionDetail = Type.Object({ ...SessionSummary.properties, skills: Type.Array(SessionSkill) })
export type SessionDetail = Type.Static<typeof SessionDetail>

const InvocationPage = Type.Object({
  items: Type.Array(Invocation),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
})

export function readSession(gateway: Endpoint, id: string, signal: AbortSignal): Promise<SessionDetail> {
  return demandAs(SessionDetail, gateway, pathOf(id), { signal })
}

/** All calls of a session, from as many pages as they take. */
export async function readInvocations(
  gateway: Endpoint,
  sessionId: string,
  signal: AbortSignal,
): Promise<Invocation[]> {
  // A call whose begin changes while pages are read may be on two of them.
  const calls = new Map<string, Invocation>()
  let cursor: string | null = null
  do {
    const query: URLSearchParams = new URLSearchParams({
      limit: String(PAGE_ITEMS_MAX),
      ...(cursor !== null && { cursor }),
    })
    const path = `${pathOf(sessionId)}/invocations?${query}`
    const page: Type.Static<typeof InvocationPage> = await demandAs(InvocationPage, gateway, path, {
      signal,
    })
    for (const call of page.items) calls.set(call.invocation_id, call)
    cursor = page.next_cursor
  } while (cursor !== null)
  return [...calls.values()]
}

function pathOf(sessionId: string): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`
}
