import type { Kind } from '@skillwatch/schema'
import { isStandIn } from '@skillwatch/schema/claude-code'

/** A sighting of a skill, or a call that it may belong to, as their own witnesses tell them. */
export interface Sighting {
  id: string
  kind: Kind
  skill_name: string
  prompt_id: string | undefined
  /** A person typed it. */
  isTyped: boolean
  at_ms: number
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
 * first, then those of the same name, for a redacted one fits any, then by distance in time. Depends on the two sets alone, so that order of arrival cannot matter (R4).
 * @returns the id of the call by the id of the activation; those without one are absent
 */
export function matchActivations(activations: readonly Sighting[], calls: readonly Sighting[]): Map<string, string> {
  const pairs = activations.flatMap((activation) => calls.flatMap((call) => toPair(activation, call) ?? []))
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

/** Nothing but a typed skill is known as a command. A redacted name may stand for any, but only inside the same prompt. */
function toPair(activation: Sighting, call: Sighting): Pair | undefined {
  if (call.kind === 'command' && !activation.isTyped) return undefined
  const samePrompt = activation.prompt_id !== undefined && activation.prompt_id === call.prompt_id
  const distanceMs = Math.abs(activation.at_ms - call.at_ms)
  if (!samePrompt) {
    const bothKnown = activation.prompt_id !== undefined && call.prompt_id !== undefined
    if (bothKnown || distanceMs > NEAR_MS || activation.skill_name !== call.skill_name) return undefined
  }
  const sameName = activation.skill_name === call.skill_name
  if (!sameName && ![activation, call].some((each) => isStandIn(each.skill_name, each.kind))) return undefined
  return {
    activation: activation.id,
    call: call.id,
    promptsDiffer: samePrompt ? 0 : 1,
    namesDiffer: sameName ? 0 : 1,
    distanceMs,
  }
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
