import type { Outcome, Trigger } from '@skillwatch/schema'
import { isPlaceholderName } from '@skillwatch/schema/claude-code'

/**
 * How two values of one field, reported by the same witness, become one. Each rule is commutative,
 * associative and idempotent (a semilattice), so neither the order nor the repetition of observations can
 * matter (R3, R4).
 */

/** Most attributes that one invocation keeps: those whose names sort first. */
const ATTRIBUTES_MAX = 64

/** A result outranks its absence; of contradicting results the worse one is kept. */
const OUTCOME_RANK = { running: 0, abandoned: 1, completed: 2, rejected: 3, failed: 4 }

export function greater<T extends string>(a: T, b: T): T {
  return a >= b ? a : b
}

export function worseOutcome(a: Outcome, b: Outcome): Outcome {
  return OUTCOME_RANK[a] >= OUTCOME_RANK[b] ? a : b
}

export function knownTrigger(a: Trigger, b: Trigger): Trigger {
  if (a === 'unknown') return b
  return b === 'unknown' ? a : greater(a, b)
}

/**
 * A real name is kept before a placeholder of any kind of call: the same witness may yet report another
 * kind, and the order must not matter.
 */
export function realName(a: string, b: string): string {
  if (isPlaceholderName(a) === isPlaceholderName(b)) return greater(a, b)
  return isPlaceholderName(a) ? b : a
}

export function greaterList(a: string[], b: string[]): string[] {
  return JSON.stringify(a) >= JSON.stringify(b) ? a : b
}

/**
 * The union of two maps, bounded. A name that is dropped has `ATTRIBUTES_MAX` names before it, and these
 * stay in every later union, so the bound keeps the rule associative.
 */
export function boundedUnion<T>(a: Record<string, T>, b: Record<string, T>): Record<string, T> {
  const union = new Map(Object.entries(a))
  if (a === b) return firstEntries(union)
  for (const [key, value] of Object.entries(b)) {
    const known = union.get(key)
    union.set(key, known !== undefined && JSON.stringify(known) >= JSON.stringify(value) ? known : value)
  }
  return firstEntries(union)
}

/** Values of the second map replace those of the first; bounded as above. */
export function boundedOverride<T>(a: Record<string, T>, b: Record<string, T>): Record<string, T> {
  return firstEntries(new Map([...Object.entries(a), ...Object.entries(b)]))
}

/**
 * Sorted, so that equal maps have equal JSON; `fromEntries` defines own properties, also for the key
 * `__proto__`.
 */
function firstEntries<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([x], [y]) => (x < y ? -1 : 1)).slice(0, ATTRIBUTES_MAX))
}
