import type { Observation } from '@skillwatch/schema'

const MINUTE_MS = 60_000

/** Each session by its name: how many there are, its calls, and whether they have a prompt. */
const SESSIONS: readonly (readonly [name: string, count: number, calls: string, hasPrompt?: boolean])[] = [
  ['a', 24, 'plan deploy', true],
  ['b', 6, 'deploy plan'],
  ['c', 16, 'deploy Read review'],
  ['d', 15, 'alpha beta', true],
  ['e', 59, 'Read'],
]

/**
 * 120 sessions of one hour each up to an instant. In each a call begins every minute and takes 20 seconds,
 * so the gap between two is 40 seconds; `Read`, which is a tool, is between two calls of others.
 */
export function history(nowMs: number): Observation[] {
  return SESSIONS.flatMap(([name, count, calls, hasPrompt]) =>
    Array.from({ length: count }, (_, index) =>
      sessionOf(`${name}${index}`, calls.split(' '), nowMs - (index + 1) * 60 * MINUTE_MS, hasPrompt),
    ).flat(),
  )
}

function sessionOf(
  session_id: string,
  names: readonly string[],
  beganAtMs: number,
  hasPrompt = false,
): Observation[] {
  return names.map((skill_name, index) => {
    const invoked_at = beganAtMs + index * MINUTE_MS
    return {
      ...{ invocation_id: `${session_id} ${index}`, session_id, skill_name, invoked_at },
      ...{ ended_at: invoked_at + 20_000, outcome: 'completed' },
      kind: skill_name === 'Read' ? 'tool' : skill_name === 'review' ? 'agent' : 'skill',
      ...(hasPrompt && { prompt_id: 'first' }),
    }
  })
}
