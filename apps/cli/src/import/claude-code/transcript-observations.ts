import { DURATION_MS_MAX, formatInstant, type Observation } from '@skillwatch/schema'
import { classifyResult } from '@skillwatch/schema/claude-code'
import type { Fact, RecordFacts } from './record.ts'

/** The observation of a call's start. */
export type StartedCall = Observation & { invocation_id: string }

type StartFacts = RecordFacts & { readonly sessionId: string; readonly atMs: number }

export function startObservation(
  invocationId: string,
  named: Pick<Observation, 'kind' | 'skill_name'>,
  facts: StartFacts,
  parentInvocationId: string | undefined,
): StartedCall {
  return {
    invocation_id: invocationId,
    ...named,
    session_id: facts.sessionId,
    witness: 'transcript',
    agent_name: 'claude-code',
    ...(facts.promptId !== undefined && { prompt_id: facts.promptId }),
    trigger: facts.attributionSkill === undefined ? 'agent' : 'nested',
    invoked_at: formatInstant(facts.atMs),
    outcome: 'running',
    ...(parentInvocationId !== undefined && { parent_invocation_id: parentInvocationId }),
    attributes: attributesOf(facts),
  }
}

export function endObservation(
  start: Observation,
  { durationMs, isError, text, resultBytes }: Extract<Fact, { type: 'result' }>,
  atMs: number,
): Observation {
  const elapsedMs = atMs - Date.parse(start.invoked_at as string)
  return {
    ...start,
    // A result before its call comes from clocks that contradict each other: neither end nor duration is
    // known.
    ...(elapsedMs >= 0 && { ended_at: formatInstant(atMs) }),
    ...(elapsedMs >= 0 && elapsedMs <= DURATION_MS_MAX && { elapsed_ms: elapsedMs }),
    ...(durationMs !== undefined && durationMs <= DURATION_MS_MAX && { execution_ms: durationMs }),
    ...classifyResult(isError, text),
    attributes: { ...start.attributes, 'claude_code.tool_result_size_bytes': resultBytes },
  }
}

function attributesOf({ version, agentId, attributionSkill }: RecordFacts): Record<string, string> {
  return {
    ...(version !== undefined && { 'claude_code.version': version }),
    ...(agentId !== undefined && { 'gen_ai.agent.id': agentId }),
    ...(attributionSkill !== undefined && { 'claude_code.attribution_skill': attributionSkill }),
  }
}
