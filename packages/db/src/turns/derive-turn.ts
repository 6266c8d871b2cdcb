import type { Kind, TurnEnd } from '@skillwatch/schema'
import { type AssignedUse, type Assignment, assign } from './assign.ts'
import { deriveUsesOf } from './derive-uses.ts'
import type { DerivedTurn, DerivedUse } from './derived.ts'
import { type CallFacts, skillKey, type TurnFacts } from './facts.ts'
import { CALL_COUNTS, totalOf, workOf } from './work-sums.ts'

/**
 * A turn and its uses: a pure function of what is known of them, whatever its order (R4).
 * @returns `turn` is undefined when nothing of it is known any more
 */
export function deriveTurn(facts: TurnFacts): { turn: DerivedTurn | undefined; uses: DerivedUse[] } {
  const assignment = assign(facts.calls, facts.responses, { isTurn: true })
  const turn = turnOf(facts, assignment)
  if (turn === undefined) return { turn, uses: [] }
  const interrupted = interruptedUses(facts, assignment)
  return {
    turn,
    uses: deriveUsesOf(assignment, (use) => ({
      turn_ended: turn.ended_by === null ? 0 : 1,
      interrupted: interrupted.has(use) ? 1 : 0,
      used_again: facts.next === undefined ? null : facts.next.skills.has(skillKey(use.activation)) ? 1 : 0,
      repository: turn.repository,
      branch: turn.branch,
    })),
  }
}

/** The uses of calls without a prompt, as far as calls name their parents. */
export function deriveUses(calls: readonly CallFacts[]): DerivedUse[] {
  return deriveUsesOf(assign(calls, [], { isTurn: false }), ({ activation }) => ({
    turn_ended: activation.outcome === 'running' ? 0 : 1,
    interrupted: 0,
    used_again: null,
    repository: activation.repository,
    branch: activation.branch,
  }))
}

/**
 * When the turn began. Where no witness reports the begin of the prompt, its first call or response began
 * it, else its interruption is the first that is known.
 */
export function beginOf({
  prompt,
  calls,
  responses,
}: Pick<TurnFacts, 'prompt' | 'calls' | 'responses'>): number | undefined {
  if (prompt?.began_at_ms != null) return prompt.began_at_ms
  const begins = [
    ...calls.map(({ invoked_at_ms }) => invoked_at_ms),
    ...responses.map(({ requested_at_ms }) => requested_at_ms),
  ]
  if (begins.length > 0) return begins.reduce((a, b) => Math.min(a, b))
  return prompt?.interrupted_at_ms ?? undefined
}

function turnOf(facts: TurnFacts, { uses }: Assignment): DerivedTurn | undefined {
  const { calls, responses } = facts
  const began_at_ms = beginOf(facts)
  if (began_at_ms === undefined) return undefined
  const work = workOf(calls, responses)
  const [calls_, failed_calls, rejected_calls, retried_calls] = CALL_COUNTS.map((count) =>
    totalOf(work, count),
  )
  return {
    began_at_ms,
    last_active_at_ms: lastActiveAt(facts, began_at_ms),
    ended_by: endOf(facts, began_at_ms),
    ...placesOf(facts),
    uses: uses.length,
    calls: calls_!,
    failed_calls: failed_calls!,
    rejected_calls: rejected_calls!,
    retried_calls: retried_calls!,
    calls_by_kind: JSON.stringify(callsByKind(calls)),
    work: JSON.stringify(work),
  }
}

function lastActiveAt({ prompt, calls, responses }: TurnFacts, beganAtMs: number): number {
  return [
    prompt?.interrupted_at_ms ?? beganAtMs,
    ...calls.map(({ invoked_at_ms, ended_at_ms }) => ended_at_ms ?? invoked_at_ms),
    ...responses.map(({ requested_at_ms }) => requested_at_ms),
  ].reduce((a, b) => Math.max(a, b), beganAtMs)
}

type Place = 'agent_name' | 'agent_version' | 'repository' | 'branch'

/** As the prompt says, else the first response or call that does. */
function placesOf({ prompt, calls, responses }: TurnFacts): Record<Place, string | null> {
  const sources: Partial<Record<Place, string | null>>[] = [
    prompt ?? {},
    ...responses.toSorted(
      (a, b) => a.requested_at_ms - b.requested_at_ms || order(a.request_id, b.request_id),
    ),
    ...calls.toSorted(
      (a, b) => a.invoked_at_ms - b.invoked_at_ms || order(a.invocation_id, b.invocation_id),
    ),
  ]
  const first = (place: Place) => sources.find((source) => source[place] != null)?.[place] ?? null
  return {
    agent_name: first('agent_name'),
    agent_version: first('agent_version'),
    repository: first('repository'),
    branch: first('branch'),
  }
}

/** What ended the turn. */
function endOf(facts: TurnFacts, beganAtMs: number): TurnEnd | null {
  const { next, session_ended_at_ms: end } = facts
  if (interruptedAtMs(facts) !== undefined) return 'interruption'
  const isInTurn = end !== undefined && end >= beganAtMs && (next === undefined || end < next.began_at_ms)
  if (isInTurn) return 'session_end'
  return next === undefined ? null : 'prompt'
}

/** When the user stopped the agent, as the prompt or a call that was stopped says. */
function interruptedAtMs({ prompt, calls }: TurnFacts): number | undefined {
  const instants = calls
    .filter(({ error_type }) => error_type === 'user_interrupted')
    .map(({ ended_at_ms, invoked_at_ms }) => ended_at_ms ?? invoked_at_ms)
  if (prompt?.interrupted_at_ms != null) instants.push(prompt.interrupted_at_ms)
  return instants.length === 0 ? undefined : instants.reduce((a, b) => Math.max(a, b))
}

function interruptedUses(facts: TurnFacts, assignment: Assignment): ReadonlySet<AssignedUse> {
  const atMs = interruptedAtMs(facts)
  return atMs === undefined ? new Set() : assignment.activeAt(atMs)
}

function callsByKind(calls: readonly CallFacts[]) {
  const byKind: Partial<Record<Kind, { calls: number; failed_calls: number }>> = {}
  for (const { kind, outcome } of calls.toSorted((a, b) => order(a.kind, b.kind))) {
    const counts = byKind[kind] ?? { calls: 0, failed_calls: 0 }
    byKind[kind] = counts
    counts.calls++
    if (outcome === 'failed') counts.failed_calls++
  }
  return byKind
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
