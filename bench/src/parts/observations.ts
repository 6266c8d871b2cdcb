import type { Report } from '../baseline/rows.ts'
import { createRandom } from './random.ts'

const SKILLS = 40
const SESSIONS = 25
const PHASES = ['setup', 'execution', 'verification', 'cleanup']
const KINDS = ['skill', 'skill', 'tool', 'tool', 'tool', 'command', 'agent', 'mcp'] as const

/**
 * Makes finished calls as an agent's SDK sends them: about fifteen fields, a few frequent skills, many rare
 * ones.
 */
export interface ObservationSource {
  /** Calls that end now, each with a new id. */
  take(count: number, nowMs: number): Report[]
}

export type IdOf = (number: number, nowMs: number, random: () => number) => string

export function createObservations(
  idOf: IdOf = (number, nowMs) => timeOrderedId(nowMs, number),
): ObservationSource {
  const random = createRandom(20_261_122)
  const randomOfIds = createRandom(31)
  let given = 0
  const next = (nowMs: number) => {
    const number = ++given
    return { invocation_id: idOf(number, nowMs, randomOfIds), ...fieldsOf(number, nowMs, random) }
  }
  return { take: (count, nowMs) => Array.from({ length: count }, () => next(nowMs)) }
}

/** A kind and a name; the first skills are the most frequent ones, because the random number is squared. */
export function chooseSkill(random: () => number) {
  const skill = Math.floor(random() ** 2 * SKILLS)
  return { skill, kind: KINDS[skill % KINDS.length]!, skill_name: `skill-${skill}` }
}

/** 2,000 calls in a row are spread over 25 sessions. */
export function chooseSession(number: number, random: () => number): string {
  return `session-${Math.floor(number / 2_000) * SESSIONS + Math.floor(random() * SESSIONS)}`
}

export function chooseDurationMs(random: () => number): number {
  return Math.round(10 ** (1 + 3.5 * random()) * 1000) / 1000
}

function fieldsOf(number: number, nowMs: number, random: () => number): Omit<Report, 'invocation_id'> {
  const { skill, kind, skill_name } = chooseSkill(random)
  const execution_ms = chooseDurationMs(random)
  const failed = random() < 0.06
  return {
    kind,
    skill_name,
    session_id: chooseSession(number, random),
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
  const [high, low, node] = [tail.slice(0, 3), tail.slice(3, 6), tail.slice(6).padStart(12, '0')]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-8${low}-${node}`
}
