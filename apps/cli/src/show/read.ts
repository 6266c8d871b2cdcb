import { Invocation, SessionSkill, SessionSummary } from '@skillwatch/schema'
import { Type } from 'typebox'
import { demandAs, type Endpoint } from '../http.ts'
import { readPages } from '../pages.ts'

/** What `show` uses of the answer about one session. */
const SessionDetail = Type.Object({ ...SessionSummary.properties, skills: Type.Array(SessionSkill) })
export type SessionDetail = Type.Static<typeof SessionDetail>

export function readSession(gateway: Endpoint, id: string, signal: AbortSignal): Promise<SessionDetail> {
  return demandAs(SessionDetail, gateway, pathOf(id), { signal })
}

/** All calls of a session. */
export async function readInvocations(
  gateway: Endpoint,
  sessionId: string,
  signal: AbortSignal,
): Promise<Invocation[]> {
  const list = {
    path: `${pathOf(sessionId)}/invocations`,
    item: Invocation,
    keyOf: ({ invocation_id }: Invocation) => invocation_id,
  }
  return (await readPages(gateway, list, signal)).items
}

function pathOf(sessionId: string): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`
}
