import type { ObservedFields, Witness } from '@skillwatch/schema'

/** Everything that one witness reported of one invocation. */
export interface WitnessRecord {
  readonly witness: Witness
  /** The server's clock when the first observation of this witness was received. */
  readonly received_at_ms: number
  readonly fields: ObservedFields
}

/** Whether both contain the same fields with the same values. When they were received does not count. */
export function isSameRecord(a: WitnessRecord, b: WitnessRecord): boolean {
  return a === b || areSameFields(a.fields, b.fields)
}

function areSameFields(a: ObservedFields, b: ObservedFields): boolean {
  const names = Object.keys(b) as (keyof ObservedFields)[]
  return names.length === Object.keys(a).length && names.every((name) => isSame(a[name], b[name]))
}

/** Lists and maps are compared by their JSON: merging sorts the keys of maps. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
