import { type Kind, type ObservedFields, WITNESSES, type Witness } from '@skillwatch/schema'
import { isPlaceholderName } from '@skillwatch/schema/claude-code'
import { PRECEDENCE } from './precedence.ts'

/** Everything one witness stated about one invocation. */
export interface WitnessRecord {
  witness: Witness
  /** Server's clock when this witness was first heard. */
  received_at_ms: number
  fields: ObservedFields
}

type Field = keyof ObservedFields
type Combine<T> = (a: T, b: T) => T

/**
 * How two statements of the same witness become one. Each rule is commutative, associative and idempotent (a
 * semilattice), so the order and the repetition of observations cannot matter (R3, R4).
 */
const COMBINE: { [F in Field]: Combine<Required<ObservedFields>[F]> } = {
  kind: greater,
  skill_name: lessRedacted,
  session_id: greater,
  prompt_id: greater,
  agent_name: greater,
  user_hash: greater,
  parent_invocation_id: greater,
  trigger: (a, b) => (a === 'unknown' ? b : b === 'unknown' ? a : greater(a, b)),
  invoked_at_ms: Math.min,
  ended_at_ms: Math.max,
  outcome: (a, b) => (OUTCOME_RANK[a] >= OUTCOME_RANK[b] ? a : b),
  execution_ms: Math.max,
  elapsed_ms: Math.max,
  error_type: greater,
  workflow_path: greater,
  workflow_phase: greater,
  workflow_step_id: greater,
  user_query: greater,
  arguments: greater,
  result: greater,
  user_query_bytes: Math.max,
  user_query_hash: greater,
  arguments_bytes: Math.max,
  arguments_hash: greater,
  result_bytes: Math.max,
  result_hash: greater,
  alternatives_considered: greaterList,
  selection_rank: Math.min,
  follow_up_actions: greaterList,
  rating: Math.max,
  skill_version: greater,
  attributes: (a, b) => unionOfMaps(a, b),
}

/** A result outranks its absence; among contradicting results the worse one stands. */
const OUTCOME_RANK = { running: 0, abandoned: 1, completed: 2, rejected: 3, failed: 4 }

/** What a witness stated so far and what it states now, as one statement. */
export function combineFields(a: ObservedFields, b: ObservedFields): ObservedFields {
  const combined: ObservedFields = { ...a }
  for (const field of Object.keys(b) as Field[]) combineField(combined, b, field)
  return combined
}

/** The states of an invocation's witnesses with one more statement among them. */
export function withObservation(states: readonly WitnessRecord[], next: WitnessRecord): WitnessRecord[] {
  const known = states.find((state) => state.witness === next.witness)
  if (known === undefined) return [...states, { ...next, fields: combineFields({}, next.fields) }]
  const combined: WitnessRecord = {
    witness: known.witness,
    received_at_ms: Math.min(known.received_at_ms, next.received_at_ms),
    fields: combineFields(known.fields, next.fields),
  }
  return states.map((state) => (state === known ? combined : state))
}

/**
 * What all witnesses together tell: per field the best-informed statement, then the most believed witness. Depends on
 * the set of states alone, not on their order.
 */
export function mergeWitnesses(states: readonly WitnessRecord[]): ObservedFields {
  if (states.length === 1) return states[0]!.fields
  const merged: ObservedFields = {}
  // The kind first: it says which names only stand for another.
  const stated = new Set<Field>(['kind', ...states.flatMap((state) => Object.keys(state.fields) as Field[])])
  for (const field of stated) mergeField(merged, states, field)
  return merged
}

/** The witnesses in their fixed order, as a comma list. */
export function witnessList(states: readonly WitnessRecord[]): string {
  return WITNESSES.filter((witness) => states.some((state) => state.witness === witness)).join(',')
}

function combineField<F extends Field>(
  into: Partial<Required<ObservedFields>>,
  from: Partial<Required<ObservedFields>>,
  field: F,
): void {
  const a = into[field]
  const b = from[field]
  if (b === undefined) return
  const combine: Combine<Required<ObservedFields>[F]> = COMBINE[field]
  // Combined with itself, a value takes the one form that equal statements have: maps are sorted.
  into[field] = combine(a ?? b, b)
}

/** The strongest statement about a field, and among equally strong ones the most believed witness's. */
function mergeField<F extends Field>(
  into: ObservedFields,
  states: readonly WitnessRecord[],
  field: F,
): void {
  const leastBelievedFirst = [...PRECEDENCE[field]].reverse()
  for (const witness of leastBelievedFirst) {
    for (const { fields } of states.filter((state) => state.witness === witness)) {
      const value = fields[field]
      if (value === undefined) continue
      if (field === 'attributes') into.attributes = { ...into.attributes, ...fields.attributes }
      else if (
        into[field] === undefined ||
        informedness(field, value, into.kind) >= informedness(field, into[field], into.kind)
      )
        into[field] = value
    }
  }
}

/** How much a value says: a weak one never overrides a strong one, whoever states it. */
function informedness(field: Field, value: unknown, kind: Kind | undefined): number {
  if (field === 'outcome') return value === 'running' ? 0 : value === 'abandoned' ? 1 : 2
  if (field === 'skill_name') return isPlaceholderName(value as string, kind ?? 'skill') ? 0 : 1
  if (field === 'trigger') return value === 'unknown' ? 0 : 1
  return 1
}

function greater<T extends string>(a: T, b: T): T {
  return a >= b ? a : b
}

/** Of any kind: the kind may yet change with what the same witness states later, and the order must not matter. */
function lessRedacted(a: string, b: string): string {
  if (isPlaceholderName(a) === isPlaceholderName(b)) return greater(a, b)
  return isPlaceholderName(a) ? b : a
}

function greaterList(a: string[], b: string[]): string[] {
  return JSON.stringify(a) >= JSON.stringify(b) ? a : b
}

function unionOfMaps<T>(a: Record<string, T>, b: Record<string, T>): Record<string, T> {
  const union = new Map(Object.entries(a))
  for (const [key, value] of Object.entries(b)) {
    const known = union.get(key)
    union.set(key, known !== undefined && JSON.stringify(known) >= JSON.stringify(value) ? known : value)
  }
  // Sorted, so that equal maps have equal JSON; fromEntries defines own properties, also for the key `__proto__`.
  return Object.fromEntries([...union].sort(([x], [y]) => (x < y ? -1 : 1)))
}
