import { chunks } from '../parts/chunks.ts'
import { createRandom, randomToolUseId } from '../parts/random.ts'
import { type Activation, activationLogs, type HookCall, invocations, type Request } from './requests.ts'

const SKILLS = 20
/** Skill, tool and agent calls in the proportion 2 : 2 : 1. */
const KINDS = ['skill', 'tool', 'skill', 'tool', 'agent'] as const
const CALL_EVERY_MS = 20
const BATCH = 2_500

/**
 * What is added to a session: a call of each kind; a log record of a skill that no call of the session
 * names, which stays uncorrelated; the report of a second witness with later times of a known call.
 */
export const ADDITIONS = ['skill_call', 'tool_call', 'agent_call', 'activation', 'time_update'] as const
export type Addition = (typeof ADDITIONS)[number]

/** One session with its first calls, and the requests that add to it. */
export interface Session {
  readonly calls: readonly HookCall[]
  /** Every second skill call has a log record of its activation. */
  readonly activations: readonly Activation[]
  add(addition: Addition): Request
}

/** @param promptOf the prompt that led to the call of this number */
export function createSession(size: number, id: string, promptOf: (number: number) => string): Session {
  const random = createRandom(size + id.length)
  const nowMs = Date.now()
  const callOf = (number: number, kind: HookCall['kind'] = KINDS[number % KINDS.length]!): HookCall => {
    const invoked_at = nowMs - 300_000 + number * CALL_EVERY_MS
    return {
      witness: 'hook',
      invocation_id: randomToolUseId(random),
      kind,
      skill_name: `${kind}-${Math.floor(random() * SKILLS)}`,
      session_id: id,
      prompt_id: promptOf(number),
      agent_name: 'claude-code',
      invoked_at,
      ended_at: invoked_at + 15,
      outcome: 'completed',
    }
  }
  const calls = Array.from({ length: size }, (_, number) => callOf(number))
  const skillCalls = calls.filter(({ kind }) => kind === 'skill')
  let added = size
  let updated = 0
  const nextActivation = () => {
    const call = { ...callOf(added++, 'skill'), skill_name: `typed-${added}` }
    return activationLogs([activationOf(call, added)])
  }
  const additions: Record<Addition, () => Request> = {
    skill_call: () => invocations([callOf(added++, 'skill')]),
    tool_call: () => invocations([callOf(added++, 'tool')]),
    agent_call: () => invocations([callOf(added++, 'agent')]),
    activation: nextActivation,
    time_update: () => invocations([laterTimes(calls[updated++ % calls.length]!)]),
  }
  return {
    calls,
    activations: skillCalls.filter((_, index) => index % 2 === 0).map(activationOf),
    add: (addition) => additions[addition](),
  }
}

/** The SDK's clock counts for more than that of hooks, so the times of the call move. */
function laterTimes({ prompt_id: _, ...call }: HookCall): object {
  return { ...call, witness: 'sdk', invoked_at: call.invoked_at + 1, ended_at: call.ended_at - 1 }
}

function activationOf(
  { session_id, prompt_id, skill_name, invoked_at }: HookCall,
  sequence: number,
): Activation {
  return { session_id, prompt_id, skill_name, atMs: invoked_at - 2, sequence }
}

/** The requests that record the first calls of sessions: all calls before all activations. */
export function fillingOf(sessions: readonly Session[]): Request[] {
  return [
    ...chunks(
      sessions.flatMap(({ calls }) => calls),
      BATCH,
    ).map(invocations),
    ...chunks(
      sessions.flatMap(({ activations }) => activations),
      BATCH,
    ).map(activationLogs),
  ]
}
