import type { ScriptedCall } from './script.ts'

/** One run of the script. Every id of it has its tag inside, so that two runs can be told apart, and compared without it. */
export interface ScriptedSession {
  /** Eight hexadecimal digits, so that ids of traces can have it too. */
  readonly tag: string
  readonly startedAtMs: number
}

export const VERSION = '2.1.144'
const TAG_PLACE = '<session>'

export function sessionId({ tag }: ScriptedSession): string {
  return `session-${tag}`
}

export function promptId({ tag }: ScriptedSession, prompt: number): string {
  return `prompt-${tag}-${prompt}`
}

export function callId(session: ScriptedSession, { index, kind, prompt }: ScriptedCall): string {
  return kind === 'command' ? `command_${promptId(session, prompt)}` : `toolu_${session.tag}_${index}`
}

/** Of the sub-agent that the call at this place of the script has started. */
export function agentId({ tag }: ScriptedSession, index: number): string {
  return `a${tag}${index}`
}

export function startOf({ startedAtMs }: ScriptedSession, { startMs }: ScriptedCall): number {
  return startedAtMs + startMs
}

export function endOf(session: ScriptedSession, call: ScriptedCall): number {
  return startOf(session, call) + call.durationMs
}

/** Something of a session as it would be in any other run of the script. */
export function withoutTag<T>(value: T, { tag }: ScriptedSession): T {
  return JSON.parse(JSON.stringify(value).replaceAll(tag, TAG_PLACE)) as T
}
