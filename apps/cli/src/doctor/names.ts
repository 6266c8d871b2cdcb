import { REDACTED_NAMES } from '@skillwatch/schema/claude-code'
import { ask, type Endpoint } from '../http.ts'
import { type Check, noted, ok } from './check.ts'

const ANSWER_MS_MAX = 3_000

/** Checks whether calls were recorded under placeholder names. */
export async function checkNames(gateway: Endpoint): Promise<Check> {
  const name = 'names'
  const redacted = Object.entries(REDACTED_NAMES).flatMap(([kind, names]) =>
    names.map((each) => [kind, each] as const),
  )
  const counts = await Promise.all(
    redacted.map(async ([kind, each]) => ({
      kind,
      name: each,
      calls: await countCalls(gateway, kind, each),
    })),
  )
  if (counts.some(({ calls }) => calls === undefined))
    return noted(name, 'unknown, as ws-gateway does not answer')
  const found = counts.filter(({ calls }) => calls! > 0)
  if (found.length === 0) return ok(name, 'no call has a placeholder name')
  return noted(
    name,
    `placeholders: ${found.map((each) => `${each.calls} × ${each.name} (${each.kind})`).join(', ')}`,
    'set OTEL_LOG_TOOL_DETAILS=1 where Claude Code runs, so that its telemetry names skills, sub-agents ' +
      'and tools; `skillwatch import claude-code` adds the names of recorded calls from its transcripts',
  )
}

/** Undefined when the gateway does not answer. */
async function countCalls(gateway: Endpoint, kind: string, skillName: string): Promise<number | undefined> {
  const path = `/v1/skills/${encodeURIComponent(skillName)}?kind=${kind}`
  const answer = await ask(gateway, path, { timeoutMs: ANSWER_MS_MAX }).catch(() => undefined)
  if (answer?.status === 404) return 0
  const { invocation_count } = (answer?.body ?? {}) as { invocation_count?: unknown }
  return answer?.status === 200 && typeof invocation_count === 'number' ? invocation_count : undefined
}
