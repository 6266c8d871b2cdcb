import type { KnownBefore } from './known-before.ts'
import type { SkillKey } from './skill-key.ts'

/** A call of a session. */
export interface SessionCall extends SkillKey {
  readonly workflow_phase: string | null
  readonly invoked_at_ms: number
  /** When its outcome was known; null while it runs. */
  readonly ended_at_ms: number | null
  readonly outcome: string
}

/** The earlier calls of a session whose outcomes are counted: the last ones. */
export const SESSION_CALLS_MAX = 200

type SessionPast = Pick<
  KnownBefore,
  'session_calls' | 'session_completed' | 'own_calls' | 'own_completed' | 'previous_failed' | 'previous'
>

/**
 * What a session shows at an instant about its next call.
 * @param calls in the order in which they began
 * @param before how many of them began before that call
 */
export function sessionPast(
  calls: readonly SessionCall[],
  before: number,
  atMs: number,
  skill: SkillKey,
): SessionPast {
  const past = { session_calls: 0, session_completed: 0, own_calls: 0, own_completed: 0 }
  for (let index = Math.max(0, before - SESSION_CALLS_MAX); index < before; index += 1) {
    const call = calls[index]!
    if (!isKnown(call, atMs)) continue
    const completed = Number(call.outcome === 'completed')
    past.session_calls += 1
    past.session_completed += completed
    if (call.kind !== skill.kind || call.skill_name !== skill.skill_name) continue
    past.own_calls += 1
    past.own_completed += completed
  }
  const last = calls[before - 1]
  return {
    ...past,
    previous: last === undefined ? null : { kind: last.kind, skill_name: last.skill_name },
    previous_failed: last !== undefined && isKnown(last, atMs) && last.outcome !== 'completed' ? 1 : 0,
  }
}

/** Whether the outcome of a call was known at an instant. */
function isKnown({ ended_at_ms, outcome }: SessionCall, atMs: number): boolean {
  return outcome !== 'running' && ended_at_ms !== null && ended_at_ms <= atMs
}
