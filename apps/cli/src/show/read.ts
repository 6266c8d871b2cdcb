import type { Invocation, SessionSkill, SessionSummary } from '@skillwatch/schema'
import { demand, type Endpoint } from '../http.ts'
import { readPages } from '../pages.ts'

/** What `show` uses of the answer about one session. */
export type SessionDetail = SessionSummary & { readonly skills: readonly SessionSkill[] }

export function readSession(gateway: Endpoint, id: string, signal: AbortSignal): Promise<SessionDetail> {
  return demand(gateway, pathOf(id), { signal })
}

/** All calls of a session. */
export async function readInvocations(
  gateway: Endpoint,
  sessionId: string,
  signal: AbortSignal,
): Promise<Invocation[]> {
  const list = {
    path: `${pathOf(sessionId)}/invocations`,
    keyOf: ({ invocation_id }: Invocation) => invocation_id,
  }
  return (await readPages(gateway, list, signal)).items
}

function pathOf(sessionId: string): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`
}
