import { Observation, parseObservation } from '@skillwatch/schema'
import { isObject, type JsonObject } from '@skillwatch/schema/claude-code'

/** Fields of an invocation that are computed from others. */
const DERIVED: ReadonlySet<string> = new Set(['completed', 'witnesses'])

export interface ItemReading {
  readonly form: 'observation' | 'invocation'
  /** Undefined when the item cannot be imported. */
  readonly observation: (Observation & { invocation_id: string }) | undefined
  /** Why the item cannot be imported. */
  readonly skipped: string | undefined
  /** Fields of an invocation that cannot be imported, such as hashes. */
  readonly ignored: readonly string[]
}

/**
 * The items of one line: the invocation of a change, all items of a REST page or of a stream message, or the
 * line itself.
 */
export function itemsOf(value: unknown): unknown[] {
  if (!isObject(value)) return [value]
  if (Array.isArray(value.items)) return value.items.flatMap(itemsOf)
  return 'op' in value && isObject(value.invocation) ? [value.invocation] : [value]
}

/**
 * Reads one item: an observation as ingest accepts it, or an invocation as REST and the stream return it.
 * @param newId makes the id of an item that has none
 */
export function readItem(item: unknown, nowMs: number, newId: () => string): ItemReading {
  if (!isObject(item)) return refused('observation', 'is not an object')
  if (item.op === 'delete') return refused('invocation', 'reports a deletion')
  const isInvocation = Array.isArray(item.witnesses)
  const form = isInvocation ? 'invocation' : 'observation'
  const { candidate, ignored } = isInvocation ? fromInvocation(item) : { candidate: item, ignored: [] }
  const result = parseObservation(candidate, nowMs, newId)
  if (!('observation' in result)) return refused(form, `${result.pointer} ${result.reason}`.trim())
  const { invocation_id } = result.observation
  return { form, observation: { ...(candidate as Observation), invocation_id }, skipped: undefined, ignored }
}

/** The fields that its witnesses reported together, as an observation of witness `import`. */
function fromInvocation(item: JsonObject): { candidate: JsonObject; ignored: string[] } {
  const [known, ignored] = [[] as [string, unknown][], [] as string[]]
  for (const [field, value] of Object.entries(item)) {
    if (field === 'ended_at' && item.elapsed_ms === undefined) {
      // Without `elapsed_ms` the end was computed from the execution time, and is computed again; or it lies
      // before the start and cannot be imported.
      if (item.execution_ms === undefined) ignored.push(field)
    } else if (field in Observation.properties) known.push([field, value])
    else if (!DERIVED.has(field)) ignored.push(field)
  }
  return { candidate: { ...Object.fromEntries(known), witness: 'import' }, ignored }
}

function refused(form: ItemReading['form'], reason: string): ItemReading {
  return { form, observation: undefined, skipped: reason, ignored: [] }
}
