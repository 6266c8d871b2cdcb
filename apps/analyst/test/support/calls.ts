import type { Observation } from '@skillwatch/schema'
import { NOW_MS } from '@skillwatch/testkit'

export const HOUR_MS = 3_600_000

/** What a skill does in an hour. */
interface Behaviour {
  readonly calls: number
  /** How many of them complete; all by default. */
  readonly completed?: number
}

/**
 * Calls of a skill, each of a session of its own, that begin and end within their hour.
 * @param from how many hours before the fixed time they begin, and `to` when they end
 */
export function callsOf(
  skill_name: string,
  { from, to }: { readonly from: number; readonly to: number },
  { calls, completed = calls }: Behaviour,
): Observation[] {
  return Array.from({ length: from - to }, (_, hour) => from - hour).flatMap((hoursBefore) =>
    Array.from({ length: calls }, (_, index) => ({
      invocation_id: `${skill_name}-${hoursBefore}-${index}`,
      skill_name,
      session_id: `${skill_name}-${hoursBefore}-${index}`,
      invoked_at: NOW_MS - hoursBefore * HOUR_MS + Math.floor((0.9 * HOUR_MS * index) / calls),
      outcome: index < completed ? ('completed' as const) : ('failed' as const),
      elapsed_ms: 1_000,
    })),
  )
}

/** Three days of a skill that completes all calls, and one hour in which it completes none of ten. */
export function fallingSkill(skill_name = 'pdf-fill'): Observation[] {
  return [
    ...callsOf(skill_name, { from: 74, to: 2 }, { calls: 5 }),
    ...callsOf(skill_name, { from: 2, to: 1 }, { calls: 10, completed: 0 }),
  ]
}
