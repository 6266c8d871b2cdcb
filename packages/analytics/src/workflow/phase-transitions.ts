import { medianSorted } from 'simple-statistics'
import type { PhasedCall } from './phases.ts'

/** A phase after another one, or after itself. */
export interface PhaseTransition {
  readonly from_phase: string
  readonly to_phase: string
  readonly count: number
  readonly sessions: number
  /** Calls of the first phase that another call with a phase follows. */
  readonly from_count: number
  /** From the end of a call to the start of the next one; 0 when they overlap. */
  readonly median_gap_ms: number
}

/**
 * Which phase follows which: of each call with a phase, the next one of its session with a phase.
 * @param sessions the calls of each session, in the order in which they began
 */
export function phaseTransitions(sessions: readonly (readonly PhasedCall[])[]): PhaseTransition[] {
  const found = new Map<string, { from: string; to: string; gaps: number[]; sessions: Set<number> }>()
  const fromCounts = new Map<string, number>()
  sessions.forEach((calls, session) => {
    for (const [index, next] of calls.slice(1).entries()) {
      const call = calls[index]!
      const [from, to] = [call.workflow_phase, next.workflow_phase]
      const each = found.get(`${from}\0${to}`) ?? { from, to, gaps: [], sessions: new Set() }
      each.gaps.push(Math.max(0, next.invoked_at_ms - (call.ended_at_ms ?? call.invoked_at_ms)))
      each.sessions.add(session)
      found.set(`${from}\0${to}`, each)
      fromCounts.set(from, (fromCounts.get(from) ?? 0) + 1)
    }
  })
  return [...found.values()].map(({ from, to, gaps, sessions: having }) => ({
    from_phase: from,
    to_phase: to,
    count: gaps.length,
    sessions: having.size,
    from_count: fromCounts.get(from)!,
    median_gap_ms: medianSorted(gaps.toSorted((a, b) => a - b)),
  }))
}
