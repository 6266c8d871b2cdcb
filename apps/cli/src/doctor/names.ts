import { ask, type Endpoint } from '../http.ts'
import { type Check, noted, ok } from './check.ts'

const ANSWER_MS_MAX = 3_000

/** What Claude Code's telemetry says instead of a name, unless it is told to say it. */
const REDACTED = [
  { kind: 'skill', skill_name: 'custom_skill' },
  { kind: 'skill', skill_name: 'third-party' },
  { kind: 'mcp', skill_name: 'mcp_tool' },
] as const

/** Whether calls were recorded whose names nobody told. */
export async function checkNames(gateway: Endpoint): Promise<Check> {
  const name = 'names'
  const counts = await Promise.all(
    REDACTED.map(async ({ kind, skill_name }) => ({
      skill_name,
      calls: await countCalls(gateway, kind, skill_name),
    })),
  )
  if (counts.some(({ calls }) => calls === undefined)) return noted(name, 'unknown, as ws-gateway does not tell')
  const redacted = counts.filter(({ calls }) => calls! > 0)
  if (redacted.length === 0) return ok(name, 'none is redacted')
  return noted(
    name,
    `redacted: ${redacted.map(({ skill_name, calls }) => `${calls} × ${skill_name}`).join(', ')}`,
    'set OTEL_LOG_TOOL_DETAILS=1 where Claude Code runs, so that its telemetry names skills and tools; calls that are recorded get their names from its transcripts: `skillwatch import claude-code`',
  )
}

/** Undefined when the gateway does not say. */
async function countCalls(gateway: Endpoint, kind: string, skillName: string): Promise<number | undefined> {
  const path = `/v1/skills/${encodeURIComponent(skillName)}?kind=${kind}`
  const answer = await ask(gateway, path, { timeoutMs: ANSWER_MS_MAX }).catch(() => undefined)
  if (answer?.status === 404) return 0
  const { invocation_count } = (answer?.body ?? {}) as { invocation_count?: unknown }
  return answer?.status === 200 && typeof invocation_count === 'number' ? invocation_count : undefined
}
