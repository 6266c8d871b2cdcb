import {
  type ApiRequestInput,
  DURATION_MS_MAX,
  formatInstant,
  type Observation,
  type PromptInput,
} from '@skillwatch/schema'
import { classifyResult, type JsonObject } from '@skillwatch/schema/claude-code'
import { TOKENS_MAX } from '@skillwatch/schema/vocabulary'
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
    ...placesOf(facts),
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

/** The request to the model whose response this is. */
export function apiRequestOf(
  { requestId, model, usage }: Extract<Fact, { type: 'response' }>,
  { sessionId, atMs, promptId, repository, branch }: StartFacts,
  parentInvocationId: string | undefined,
): ApiRequestInput {
  return {
    request_id: requestId,
    session_id: sessionId,
    agent_name: 'claude-code',
    ...(promptId !== undefined && { prompt_id: promptId }),
    ...(parentInvocationId !== undefined && { parent_invocation_id: parentInvocationId }),
    ...(model !== undefined && { model }),
    ...(repository !== undefined && { repository }),
    ...(branch !== undefined && { branch }),
    requested_at: formatInstant(atMs),
    ...tokenCounts(usage),
  }
}

/** A prompt, or the interruption of one, that was seen at `atMs`. */
export function promptOf(
  promptId: string,
  facts: StartFacts,
  seen: 'began_at' | 'interrupted_at',
): PromptInput {
  return {
    prompt_id: promptId,
    session_id: facts.sessionId,
    agent_name: 'claude-code',
    ...placesOf(facts),
    [seen]: formatInstant(facts.atMs),
  }
}

function placesOf({ version, repository, branch }: RecordFacts) {
  return {
    ...(version !== undefined && { agent_version: version }),
    ...(repository !== undefined && { repository }),
    ...(branch !== undefined && { branch }),
  }
}

const COUNTS = [
  ['input_tokens', 'input_tokens'],
  ['output_tokens', 'output_tokens'],
  ['cache_read_tokens', 'cache_read_input_tokens'],
  ['cache_creation_tokens', 'cache_creation_input_tokens'],
] as const

/** Counts that are impossible are left out. */
function tokenCounts(usage: JsonObject): Partial<Record<(typeof COUNTS)[number][0], number>> {
  return Object.fromEntries(
    COUNTS.flatMap(([name, field]) => {
      const value = usage[field]
      const isCount = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= TOKENS_MAX
      return isCount ? [[name, value]] : []
    }),
  )
}

function attributesOf({ version, agentId, attributionSkill }: RecordFacts): Record<string, string> {
  return {
    ...(version !== undefined && { 'claude_code.version': version }),
    ...(agentId !== undefined && { 'gen_ai.agent.id': agentId }),
    ...(attributionSkill !== undefined && { 'claude_code.attribution_skill': attributionSkill }),
  }
}
