import type { Kind } from '@skillwatch/schema'
import type { Activation, ActivationStore } from './activation-store.ts'
import { isOfBackground, matchActivations, type Sighting } from './match-activations.ts'
import type { WitnessRecord } from './merge.ts'
import { resolve } from './resolve.ts'
import type { RowStore } from './row-store.ts'

/** What joining asks of the transaction that it runs in. */
export interface JoinTarget {
  /** Writes a row anew from all that its witnesses and activations tell. */
  refresh(rowId: number): void
  /** Makes a row of an activation that belongs to no call; gives its id. */
  insert(activation: Activation): number
  /** Takes the row of an activation away, which turned out to be part of another. */
  remove(rowId: number, into: number): void
}

/**
 * Gives the activations of a session, and the ends of sub-agents among them, to their calls anew. What each belongs to follows
 * from all sightings and calls of the session as they are known now; only what changed is written.
 * @param changed ids of the activations that state something new
 */
export function joinActivations(
  projectId: number,
  sessionId: string,
  changed: ReadonlySet<string>,
  { rows, activations }: { rows: RowStore; activations: ActivationStore },
  target: JoinTarget,
): void {
  const all = activations.ofSession(projectId, sessionId)
  if (all.length === 0) return
  const own = new Set(all.map((activation) => activation.observation_id))
  const calls = rows.joinableCalls(projectId, sessionId).filter((call) => !own.has(call.invocation_id))
  const rowIds = new Map(calls.map((call) => [call.invocation_id, call.row_id]))
  const matches = matchActivations(
    all.flatMap((activation) => toActivation(activation) ?? []),
    calls.map(({ invocation_id, states }) => toCall(invocation_id, states)),
  )
  const stale = new Set<number>()
  for (const activation of all) {
    const { observation_id, row_id: from } = activation
    const call = matches.get(observation_id)
    const wasOwn = from !== null && rows.invocationId(from) === observation_id
    const to =
      (call === undefined ? undefined : rowIds.get(call)) ?? (wasOwn ? from : target.insert(activation))
    if (to !== from || changed.has(observation_id)) stale.add(to)
    if (to === from) continue
    activations.save(projectId, { ...activation, row_id: to })
    if (wasOwn) target.remove(from, to)
    else if (from !== null) stale.add(from)
  }
  for (const rowId of stale) target.refresh(rowId)
}

/**
 * What a sighting adds to the statements of the witnesses of its call. Its kind, session and beginning decide which calls it may
 * be part of, so those of the call must be the call's own. How long a sub-agent went on in the background, and which prompt had
 * come by then, is no part of the call: that had come back long before.
 */
export function contributionOf({ fields, ...state }: WitnessRecord): WitnessRecord {
  const { invoked_at_ms: _began, session_id: _session, kind: _kind, ...told } = fields
  if (!isOfBackground(fields)) return { ...state, fields: told }
  const { prompt_id: _prompt, execution_ms: _execution, ...rest } = told
  return { ...state, fields: rest }
}

/** As the sighting itself tells it, or undefined when it can be part of no call. */
function toActivation({ observation_id, state }: Activation): Sighting | undefined {
  const kind = kindOfCall(state)
  return kind && { ...toCall(observation_id, [state]), kind, ended_at_ms: state.fields.ended_at_ms }
}

/** Skills that are typed are known as commands; those that are loaded into a sub-agent when it starts are called by nobody. */
function kindOfCall({ fields: { kind = 'skill', trigger } }: WitnessRecord): Kind | undefined {
  if (kind !== 'skill') return kind
  return trigger === 'user' ? 'command' : trigger === 'preload' ? undefined : 'skill'
}

/** As its own witnesses tell it: what activations add must not decide where activations go. */
function toCall(id: string, states: readonly WitnessRecord[]): Sighting {
  const { kind, skill_name, prompt_id, invoked_at_ms, ended_at_ms } = resolve(states)
  return {
    id,
    kind,
    skill_name,
    prompt_id: prompt_id ?? undefined,
    began_at_ms: invoked_at_ms,
    ended_at_ms: ended_at_ms ?? undefined,
  }
}
