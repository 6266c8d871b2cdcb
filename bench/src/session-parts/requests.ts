import { toBody } from '../parts/http-load.ts'

/** A request to ingest. */
export interface Request {
  readonly path: string
  readonly body: Buffer
}

/** A call as a hook reports it. */
export interface HookCall {
  readonly witness: 'hook'
  readonly invocation_id: string
  readonly kind: 'skill' | 'tool' | 'agent'
  readonly skill_name: string
  readonly session_id: string
  readonly prompt_id: string
  readonly agent_name: string
  readonly invoked_at: number
  readonly ended_at: number
  readonly outcome: 'completed'
}

/**
 * Claude Code's log record of a skill that was activated. It does not contain the id of the skill's call.
 */
export interface Activation {
  readonly session_id: string
  readonly prompt_id: string
  readonly skill_name: string
  readonly atMs: number
  readonly sequence: number
}

export function invocations(observations: readonly object[]): Request {
  return { path: '/v1/invocations', body: toBody(observations) }
}

export function activationLogs(activations: readonly Activation[]): Request {
  const logRecords = activations.map(toLogRecord)
  return { path: '/v1/logs', body: toBody({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }) }
}

function toLogRecord({ session_id, prompt_id, skill_name, atMs, sequence }: Activation) {
  return {
    timeUnixNano: `${atMs}000000`,
    body: { stringValue: 'claude_code.skill_activated' },
    attributes: [
      text('event.name', 'skill_activated'),
      text('session.id', session_id),
      text('prompt.id', prompt_id),
      text('skill.name', skill_name),
      text('invocation_trigger', 'claude-proactive'),
      { key: 'event.sequence', value: { intValue: String(sequence) } },
    ],
  }
}

function text(key: string, stringValue: string) {
  return { key, value: { stringValue } }
}
