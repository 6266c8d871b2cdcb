import type { Observation } from '@skillwatch/schema'

const SKILLS = 40
const SESSIONS = 25
const PHASES = ['setup', 'execution', 'verification', 'cleanup']
const KINDS = ['skill', 'skill', 'tool', 'tool', 'tool', 'command', 'agent', 'mcp'] as const

/** Makes finished calls as an agent's SDK sends them: some fifteen fields, a few often used skills and many rare ones. */
export interface ObservationSource {
  /** Calls that end now, with ids that were never given before. */
  take(count: number, nowMs: number): Observation[]
}

export function createObservations(): ObservationSource {
  const random = createRandom(20_261_122)
  let given = 0
  return {
    take: (count, nowMs) => Array.from({ length: count }, () => observation(++given, nowMs, random)),
  }
}

function observation(number: number, nowMs: number, random: () => number): Observation {
  // Squaring makes the first skills the most used ones.
  const skill = Math.floor(random() ** 2 * SKILLS)
  const execution_ms = Math.round(10 ** (1 + 3.5 * random()) * 1000) / 1000
  const failed = random() < 0.06
  return {
    invocation_id: timeOrderedId(nowMs, number),
    kind: KINDS[skill % KINDS.length]!,
    skill_name: `skill-${skill}`,
    session_id: `session-${Math.floor(number / 2_000) * SESSIONS + Math.floor(random() * SESSIONS)}`,
    agent_name: 'claude-code',
    user_id: `user-${skill % 5}`,
    trigger: random() < 0.2 ? 'user' : 'agent',
    invoked_at: Math.floor(nowMs - execution_ms),
    ended_at: nowMs,
    outcome: failed ? 'failed' : 'completed',
    execution_ms,
    ...(failed && { error_type: 'TimeoutError' }),
    workflow_phase: PHASES[Math.floor(random() * PHASES.length)]!,
    skill_version: '1.4.2',
    attributes: { 'ci.branch': 'main', attempt: 1 + Math.floor(random() * 3) },
  }
}

/** Shaped and ordered like a UUIDv7 (RFC 9562 section 5.7), with a number in place of the random bits. */
function timeOrderedId(nowMs: number, number: number): string {
  const time = nowMs.toString(16).padStart(12, '0')
  const tail = number.toString(16).padStart(15, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(6).padStart(12, '0')}`
}

/** Mulberry32: the same numbers in every run, so that runs can be compared. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
