import type { ScriptedCall } from './script.ts'

/**
 * One run of the script. Each of its ids contains its tag: two runs have different ids, and are compared
 * without it.
 */
export interface ScriptedSession {
  /** Eight hexadecimal digits, so that trace ids can contain it. */
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

/** The id of the sub-agent that the call with this index of the script started. */
export function agentId({ tag }: ScriptedSession, index: number): string {
  return `a${tag}${index}`
}

export function startOf({ startedAtMs }: ScriptedSession, { startMs }: ScriptedCall): number {
  return startedAtMs + startMs
}

export function endOf(session: ScriptedSession, call: ScriptedCall): number {
  return startOf(session, call) + call.durationMs
}

/** A value of a session as any other run of the script gives it. */
export function withoutTag<T>(value: T, { tag }: ScriptedSession): T {
  return JSON.parse(JSON.stringify(value).replaceAll(tag, TAG_PLACE)) as T
}
