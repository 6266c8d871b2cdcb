import type { Activation, ActivationStore } from './activation-store.ts'
import { matchActivations, type Sighting } from './match-activations.ts'
import type { WitnessState } from './merge.ts'
import { resolve } from './resolve.ts'
import type { RowStore } from './row-store.ts'

/** What joining asks of the transaction that it runs in. */
export interface JoinTarget {
  /** Writes a row anew from all that its witnesses and activations tell. */
  refresh(rowId: number): void
  /** Makes a row of an activation that belongs to no call; gives its id. */
  insert(activation: Activation): number
  /** Takes a row away. */
  remove(rowId: number): void
}

/**
 * Gives the activations of a session to their calls anew. What each belongs to follows from all sightings and calls of
 * the session as they are known now; only what changed is written.
 */
export function joinActivations(
  projectId: number,
  sessionId: string,
  { rows, activations }: { rows: RowStore; activations: ActivationStore },
  target: JoinTarget,
): void {
  const all = activations.ofSession(projectId, sessionId)
  if (all.length === 0) return
  const own = new Set(all.map((activation) => activation.activation_id))
  const calls = rows.skillCalls(projectId, sessionId).filter((call) => !own.has(call.invocation_id))
  const rowIds = new Map(calls.map((call) => [call.invocation_id, call.row_id]))
  const matches = matchActivations(
    all.map(({ activation_id, state }) => toSighting(activation_id, [state])),
    calls.map(({ invocation_id, states }) => toSighting(invocation_id, states)),
  )
  const refreshed = new Set<number>()
  for (const activation of all) {
    const call = matches.get(activation.activation_id)
    move(
      projectId,
      activation,
      call === undefined ? undefined : rowIds.get(call),
      { rows, activations },
      target,
      refreshed,
    )
  }
  for (const rowId of refreshed) target.refresh(rowId)
}

function move(
  projectId: number,
  activation: Activation,
  callRowId: number | undefined,
  { rows, activations }: { rows: RowStore; activations: ActivationStore },
  target: JoinTarget,
  refreshed: Set<number>,
): void {
  const { row_id: from, activation_id } = activation
  const wasOwn = from !== null && rows.invocationId(from) === activation_id
  const to = callRowId ?? (wasOwn ? from : target.insert(activation))
  refreshed.add(to)
  if (to === from) return
  activations.save(projectId, { ...activation, row_id: to })
  if (wasOwn) target.remove(from)
  else if (from !== null) refreshed.add(from)
}

/** As its own witnesses tell it: what activations add must not decide where activations go. */
function toSighting(id: string, states: readonly WitnessState[]): Sighting {
  const { kind, skill_name, prompt_id, invoked_at_ms, trigger } = resolve(states)
  return { id, kind, skill_name, isTyped: trigger === 'user', prompt_id: prompt_id ?? undefined, at_ms: invoked_at_ms }
}
