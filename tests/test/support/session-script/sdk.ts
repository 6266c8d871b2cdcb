import type { Observation } from '@skillwatch/schema'
import { SCRIPT, type ScriptedCall } from './script.ts'
import { callId, endOf, type ScriptedSession, sessionId, startOf } from './session.ts'

/**
 * The observations of a program that wraps skills and MCP tools: start and end of those that were allowed to
 * run.
 */
export function sdkObservations(session: ScriptedSession): Observation[] {
  return SCRIPT.filter(isWrapped).flatMap((call) => observationsOf(session, call))
}

export function isWrapped({ ending, kind }: ScriptedCall): boolean {
  const isAllowed = ending === 'completed' || ending === 'failed' || ending === 'cut_off'
  return isAllowed && (kind === 'skill' || kind === 'mcp')
}

function observationsOf(session: ScriptedSession, call: ScriptedCall): Observation[] {
  const base = {
    invocation_id: callId(session, call),
    kind: call.kind,
    skill_name: call.name,
    session_id: sessionId(session),
    ...(call.insideSkill !== undefined && {
      parent_invocation_id: callId(session, SCRIPT[call.insideSkill]!),
      trigger: 'nested' as const,
    }),
  }
  const start = { ...base, invoked_at: startOf(session, call), outcome: 'running' as const }
  if (call.ending === 'cut_off') return [start]
  return [
    start,
    {
      ...base,
      ended_at: endOf(session, call),
      execution_ms: call.durationMs - 120.5,
      ...(call.ending === 'completed'
        ? { outcome: 'completed' }
        : { outcome: 'failed', error_type: 'TimeoutError' }),
    },
  ]
}
