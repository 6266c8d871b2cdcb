import type { InvocationRow } from '@skillwatch/schema'
import { hasDuration } from '../../roll-ups/call-counters.ts'
import type { ResolvedRow } from '../fields.ts'
import type { LiveLabels } from '../storage.ts'

/**
 * A change is live when it is committed within this time of the invocation's end; a later one is backfill.
 */
const LIVE_MS = 15 * 60_000

/** How Prometheus counts a row; both null when it does not, or not yet. */
export type LiveColumns = Pick<InvocationRow, 'live_series_id' | 'live_execution_ms'>

export const NOT_COUNTED: LiveColumns = { live_series_id: null, live_execution_ms: null }

/**
 * Whether a row is counted now. Prometheus counts each invocation once: when it first ends, if that is live.
 * What becomes known later does not move it to another series, as a counter must never fall.
 */
export function isCountedNow(before: InvocationRow | undefined, after: ResolvedRow, nowMs: number): boolean {
  if (before !== undefined && before.outcome !== 'running') return false
  return after.outcome !== 'running' && nowMs - endedAtMs(before, after, nowMs) <= LIVE_MS
}

/**
 * When it ended. A result that carries no time ends a call that was recorded live at the moment of its
 * receipt; of any other call only the begin is known.
 */
function endedAtMs(before: InvocationRow | undefined, after: ResolvedRow, nowMs: number): number {
  if (after.ended_at_ms !== null) return Math.max(after.invoked_at_ms, after.ended_at_ms)
  const wasLive = before !== undefined && before.received_at_ms - before.invoked_at_ms <= LIVE_MS
  return wasLive ? nowMs : after.invoked_at_ms
}

/** The labels under which it is counted; the phase is empty when none was reported. */
export function liveLabels({ kind, skill_name, workflow_phase, outcome }: ResolvedRow): LiveLabels {
  return { kind, skill_name, workflow_phase: workflow_phase ?? '', outcome }
}

/** The execution time that the histogram counts. */
export function liveExecutionMs({ outcome, execution_ms }: ResolvedRow): number | null {
  return hasDuration(outcome) ? execution_ms : null
}
