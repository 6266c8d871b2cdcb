import type { Invocation, SessionSkill, SessionSummary } from '@skillwatch/schema'
import { demandAs, type Endpoint, schemaNamed } from '../http.ts'
import { readPages } from '../pages.ts'

/** What `show` uses of the answer about one session. */
export type SessionDetail = SessionSummary & { readonly skills: readonly SessionSkill[] }

async function loadSessionDetail() {
  const [{ SessionSkill, SessionSummary }, { Type }] = await Promise.all([
    import('@skillwatch/schema'),
    import('typebox'),
  ])
  return Type.Object({ ...SessionSummary.properties, skills: Type.Array(SessionSkill) })
}

export function readSession(gateway: Endpoint, id: string, signal: AbortSignal): Promise<SessionDetail> {
  return demandAs(loadSessionDetail, gateway, pathOf(id), { signal })
}

/** All calls of a session. */
export async function readInvocations(
  gateway: Endpoint,
  sessionId: string,
  signal: AbortSignal,
): Promise<Invocation[]> {
  const list = {
    path: `${pathOf(sessionId)}/invocations`,
    item: schemaNamed('Invocation'),
    keyOf: ({ invocation_id }: Invocation) => invocation_id,
  }
  return (await readPages(gateway, list, signal)).items
}

function pathOf(sessionId: string): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`
}
