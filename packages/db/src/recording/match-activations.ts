import type { Kind } from '@skillwatch/schema'
import { isPlaceholderName } from '@skillwatch/schema/claude-code'

/** A sighting without the id of its call, or a call that one may be part of, as their own witnesses tell them. */
export interface Sighting {
  id: string
  /** Of a sighting, the kind of the calls that it may be part of: it is never part of another. */
  kind: Kind
  skill_name: string
  prompt_id: string | undefined
  began_at_ms: number
  /** Of a sighting, when it tells of the end of its call; of a call, when that is over. */
  ended_at_ms: number | undefined
}

/** Without a prompt to go by, a sighting belongs to a call at most this far away. */
const NEAR_MS = 5 * 60_000

interface Pair {
  activation: string
  call: string
  promptsDiffer: 0 | 1
  namesDiffer: 0 | 1
  distanceMs: number
}

/**
 * Gives each activation the nearest call it may belong to, and each call at most one activation: pairs of the same prompt
 * first, then those of the same name, for one that was not told fits any, then by distance in time. Depends on the two sets
 * alone, so that order of arrival cannot matter (R4).
 * @returns the id of the call by the id of the activation; those without one are absent
 */
export function matchActivations(
  activations: readonly Sighting[],
  calls: readonly Sighting[],
): Map<string, string> {
  const ofKind = Map.groupBy(calls, ({ kind }) => kind)
  const pairs = activations.flatMap((activation) =>
    (ofKind.get(activation.kind) ?? []).flatMap((call) => toPair(activation, call) ?? []),
  )
  pairs.sort(byNearness)
  const matches = new Map<string, string>()
  const taken = new Set<string>()
  for (const { activation, call } of pairs) {
    if (matches.has(activation) || taken.has(call)) continue
    matches.set(activation, call)
    taken.add(call)
  }
  return matches
}

/** A name that was not told may stand for any, but only inside the same prompt. */
function toPair(activation: Sighting, call: Sighting): Pair | undefined {
  const samePrompt = activation.prompt_id !== undefined && activation.prompt_id === call.prompt_id
  const sameName = activation.skill_name === call.skill_name
  const distanceMs = distanceOf(activation, call)
  if (!samePrompt && (arePromptsApart(activation, call) || distanceMs > NEAR_MS || !sameName))
    return undefined
  if (!sameName && ![activation, call].some(({ skill_name, kind }) => isPlaceholderName(skill_name, kind)))
    return undefined
  return {
    activation: activation.id,
    call: call.id,
    promptsDiffer: samePrompt ? 0 : 1,
    namesDiffer: sameName ? 0 : 1,
    distanceMs,
  }
}

/**
 * Calls that run beside each other begin almost together, so a sighting of the end belongs to the call that ended nearest to
 * it. A sighting that tells of no end began with its call.
 */
function distanceOf(activation: Sighting, call: Sighting): number {
  const [end, callEnd] = [activation.ended_at_ms, call.ended_at_ms]
  if (end !== undefined && callEnd !== undefined) return Math.abs(end - callEnd)
  return Math.abs(activation.began_at_ms - call.began_at_ms)
}

/** A sub-agent in the background ends in whatever prompt has come by then, so another one proves nothing. */
function arePromptsApart(activation: Sighting, call: Sighting): boolean {
  return activation.prompt_id !== undefined && call.prompt_id !== undefined && !isOfBackground(activation)
}

/** Whether a sighting is of a sub-agent that went on when its call had come back: it does not tell when that was. */
export function isOfBackground({
  kind,
  ended_at_ms,
}: {
  kind?: Kind
  ended_at_ms?: number | undefined
}): boolean {
  return kind === 'agent' && ended_at_ms === undefined
}

function byNearness(a: Pair, b: Pair): number {
  return (
    a.promptsDiffer - b.promptsDiffer ||
    a.namesDiffer - b.namesDiffer ||
    a.distanceMs - b.distanceMs ||
    compare(a.activation, b.activation) ||
    compare(a.call, b.call)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
