import { formatInstant, type Observation } from '@skillwatch/schema'
import type { SimulatedCall } from './schedule.ts'

export interface Run {
  /** Prefix of all ids of this run. The rest of an id is the same for the same seed. */
  readonly id: string
  /** Epoch milliseconds at which the simulation's time is 0. */
  readonly startedAtMs: number
}

/** The start of a call. A call that has no end of its own is complete at its start. */
export function startObservation(run: Run, call: SimulatedCall): Observation {
  const { kind, skill_name, tool_name, session, parent, durationMs } = call
  return {
    ...identity(run, call),
    kind,
    skill_name,
    session_id: `${run.id}-session-${session}`,
    witness: 'sdk',
    agent_name: 'skillwatch-simulate',
    trigger: kind === 'command' ? 'user' : 'agent',
    ...(parent !== undefined && { parent_invocation_id: invocationId(run, parent) }),
    invoked_at: formatInstant(Math.round(run.startedAtMs + call.startMs)),
    outcome: durationMs === undefined ? 'completed' : 'running',
    attributes: {
      'skillwatch.simulated': true,
      ...(tool_name !== null && { 'gen_ai.tool.name': tool_name }),
    },
  }
}

/** The end of a call that has one. */
export function endObservation(run: Run, call: SimulatedCall): Observation {
  const { durationMs, outcome, error_type } = call
  return {
    ...identity(run, call),
    ended_at: formatInstant(Math.round(run.startedAtMs + call.startMs) + durationMs!),
    outcome,
    execution_ms: durationMs!,
    ...(error_type !== undefined && { error_type }),
  }
}

/** The end of a call that still ran when the simulation ended. */
export function abandonedObservation(run: Run, call: SimulatedCall): Observation {
  return { ...identity(run, call), outcome: 'abandoned' }
}

function identity(run: Run, call: SimulatedCall) {
  return {
    invocation_id: invocationId(run, call.number),
    kind: call.kind,
    skill_name: call.skill_name,
    session_id: `${run.id}-session-${call.session}`,
    witness: 'sdk' as const,
  }
}

function invocationId(run: Run, number: number): string {
  return `${run.id}-${number}`
}
