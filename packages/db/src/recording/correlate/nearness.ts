import type { Kind } from '@skillwatch/schema'
import { isPlaceholderName } from '@skillwatch/schema/claude-code'
import type { CorrelationView, Nearness } from '../storage.ts'

/** Without a common prompt, an observation belongs to a call at most this far away. */
const NEAR_MS = 5 * 60_000

interface Identified {
  readonly id: string
  readonly view: CorrelationView | undefined
}

/**
 * How near an observation is to a call; undefined when it cannot belong to it. A call that has the id of the
 * observation is its own call, exported and imported again. A placeholder name fits any name, but only
 * inside the same prompt.
 */
export function nearnessOf(observation: Identified, call: Identified): Nearness | undefined {
  if (observation.id === call.id) return [0, 0, 0, 0]
  const [a, b] = [observation.view, call.view]
  if (a === undefined || b === undefined || a.kind !== b.kind || a.session_id !== b.session_id)
    return undefined
  const samePrompt = a.prompt_id !== undefined && a.prompt_id === b.prompt_id
  const sameName = a.skill_name === b.skill_name
  const distanceMs = distanceOf(a, b)
  if (!samePrompt && (arePromptsApart(a, b) || distanceMs > NEAR_MS || !sameName)) return undefined
  if (!sameName && ![a, b].some(({ skill_name, kind }) => isPlaceholderName(skill_name, kind)))
    return undefined
  return [1, samePrompt ? 0 : 1, sameName ? 0 : 1, distanceMs]
}

/**
 * Calls that run beside each other begin almost together, so an observation of the end belongs to the call
 * that ended nearest to it. One that carries no end began with its call.
 */
function distanceOf(observation: CorrelationView, call: CorrelationView): number {
  const [end, callEnd] = [observation.ended_at_ms, call.ended_at_ms]
  if (end !== undefined && callEnd !== undefined) return Math.abs(end - callEnd)
  return Math.abs(observation.began_at_ms - call.began_at_ms)
}

/** A sub-agent in the background ends during any later prompt, so another prompt proves nothing. */
function arePromptsApart(observation: CorrelationView, call: CorrelationView): boolean {
  return observation.prompt_id !== undefined && call.prompt_id !== undefined && !isOfBackground(observation)
}

/**
 * Whether an observation is of a sub-agent that went on after its call returned: it does not carry that end.
 */
export function isOfBackground({
  kind,
  ended_at_ms,
}: {
  readonly kind?: Kind
  readonly ended_at_ms?: number | undefined
}): boolean {
  return kind === 'agent' && ended_at_ms === undefined
}

/** One observation with one call, and how near they are. */
export interface Pair {
  readonly observationId: string
  readonly invocationId: string
  readonly nearness: Nearness
}

/** A total order of all pairs: the nearer first, then by ids. */
export function isNearer(a: Pair, b: Pair): boolean {
  for (const [index, value] of a.nearness.entries()) {
    const other = b.nearness[index]!
    if (value !== other) return value < other
  }
  if (a.observationId !== b.observationId) return a.observationId < b.observationId
  return a.invocationId < b.invocationId
}
