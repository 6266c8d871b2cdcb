import { Observation, parseObservation } from '@skillwatch/schema'

/** Fields of an invocation that follow from others, so that nothing is lost without them. */
const DERIVED: ReadonlySet<string> = new Set(['completed', 'witnesses'])

type Item = Readonly<Record<string, unknown>>

export interface ItemReading {
  readonly form: 'observation' | 'invocation'
  /** Undefined when the item cannot be taken. */
  readonly observation: (Observation & { invocation_id: string }) | undefined
  /** Why it cannot. */
  readonly skipped: string | undefined
  /** Fields of an invocation that cannot be told again, such as hashes. */
  readonly leftOut: readonly string[]
}

/**
 * The items that one line holds: itself, what a change tells of, or those of a page of REST or of a message of the
 * stream.
 */
export function itemsOf(value: unknown): unknown[] {
  if (!isItem(value)) return [value]
  if (Array.isArray(value.items)) return value.items.flatMap(itemsOf)
  return 'op' in value && isItem(value.invocation) ? [value.invocation] : [value]
}

/**
 * Reads one item as an observation: one as ingest takes it, or an invocation as REST and the stream give it.
 * @param newId makes the id of an item that has none
 */
export function readItem(item: unknown, nowMs: number, newId: () => string): ItemReading {
  if (!isItem(item)) return refused('observation', 'is not an object')
  if (item.op === 'delete') return refused('invocation', 'tells of a deletion')
  const isInvocation = Array.isArray(item.witnesses)
  const form = isInvocation ? 'invocation' : 'observation'
  const { told, leftOut } = isInvocation ? fromInvocation(item) : { told: item, leftOut: [] }
  const result = parseObservation(told, nowMs, newId)
  if (!('observation' in result)) return refused(form, `${result.pointer} ${result.reason}`.trim())
  const { invocation_id } = result.observation
  return { form, observation: { ...(told as Observation), invocation_id }, skipped: undefined, leftOut }
}

/** What its witnesses said together is what the import says; who they were does not come along. */
function fromInvocation(item: Item): { told: Item; leftOut: string[] } {
  const [known, unknown] = [[] as [string, unknown][], [] as string[]]
  for (const [field, value] of Object.entries(item)) {
    if (field === 'ended_at' && item.elapsed_ms === undefined) {
      // Two stated instants that agree have a span. Without one the end was computed from the execution time, and will
      // be again; or it lies before the start.
      if (item.execution_ms === undefined) unknown.push(field)
    } else if (field in Observation.properties) known.push([field, value])
    else if (!DERIVED.has(field)) unknown.push(field)
  }
  return { told: { ...Object.fromEntries(known), witness: 'import' }, leftOut: unknown }
}

function refused(form: ItemReading['form'], reason: string): ItemReading {
  return { form, observation: undefined, skipped: reason, leftOut: [] }
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
