import { type Kind, type ObservedFields, WITNESSES, type Witness } from '@skillwatch/schema'
import { isPlaceholderName } from '@skillwatch/schema/claude-code'
import { FIELDS, type FieldName } from '../fields.ts'
import type { WitnessRecord } from '../witness-record.ts'
import { boundedOverride } from './rules.ts'

type Values = Partial<Record<FieldName, unknown>>

/** What a witness reported so far and what it reports now, as one. */
export function combineFields(a: ObservedFields, b: ObservedFields): ObservedFields {
  const combined: Values = { ...a }
  for (const field of Object.keys(b) as FieldName[]) {
    const value = b[field]
    if (value === undefined) continue
    const combine = FIELDS[field].combine as (a: unknown, b: unknown) => unknown
    // A value combined with itself takes the one form that equal values have: maps are sorted and bounded.
    combined[field] = combine(combined[field] ?? value, value)
  }
  return combined as ObservedFields
}

/** The witness records of an invocation with one more observation among them. */
export function withObservation(records: readonly WitnessRecord[], next: WitnessRecord): WitnessRecord[] {
  const known = records.find((record) => record.witness === next.witness)
  if (known === undefined) return [...records, { ...next, fields: combineFields({}, next.fields) }]
  const combined: WitnessRecord = {
    witness: known.witness,
    received_at_ms: Math.min(known.received_at_ms, next.received_at_ms),
    fields: combineFields(known.fields, next.fields),
  }
  return records.map((record) => (record === known ? combined : record))
}

/**
 * All witness records as one: per field the value of highest rank, of equal ranks the most believed
 * witness's. Depends on the set of records alone, not on their order.
 */
export function mergeWitnesses(records: readonly WitnessRecord[]): ObservedFields {
  if (records.length === 1) return records[0]!.fields
  // The kind first: it decides which names are placeholders.
  const kind = mostBelieved(records, 'kind') as Kind | undefined
  const merged: Values = { kind }
  for (const { fields } of records) {
    for (const field of Object.keys(fields) as FieldName[]) {
      if (!(field in merged)) merged[field] = mergeField(records, field, kind)
    }
  }
  return merged as ObservedFields
}

/** The witnesses in their fixed order, as a comma list. */
export function witnessList(records: readonly WitnessRecord[]): string {
  if (records.length === 1) return records[0]!.witness
  return WITNESSES.filter((witness) => records.some((record) => record.witness === witness)).join(',')
}

/** The records in the order in which their witnesses are believed, first to last. */
export function byPrecedence(
  records: readonly WitnessRecord[],
  precedence: readonly Witness[],
): readonly WitnessRecord[] {
  if (records.length === 1) return records
  return precedence.flatMap((witness) => records.filter((record) => record.witness === witness))
}

function mergeField(records: readonly WitnessRecord[], field: FieldName, kind: Kind | undefined): unknown {
  if (field !== 'attributes') return mostBelieved(records, field, kind)
  return byPrecedence(records, FIELDS.attributes.precedence).reduceRight(
    (union, { fields }) => boundedOverride(union, fields.attributes ?? {}),
    {},
  )
}

/** The value of highest rank, of equal ranks the most believed witness's. */
function mostBelieved(records: readonly WitnessRecord[], field: FieldName, kind?: Kind): unknown {
  const { precedence } = FIELDS[field]
  let best: unknown
  let bestRank = -1
  let bestPlace = 0
  for (const { witness, fields } of records) {
    const value: unknown = fields[field]
    if (value === undefined) continue
    const valueRank = rank(field, value, kind)
    const place = precedence.indexOf(witness)
    if (valueRank > bestRank || (valueRank === bestRank && place < bestPlace)) {
      best = value
      bestRank = valueRank
      bestPlace = place
    }
  }
  return best
}

/** How much a value says: a weak one never overrides a strong one, whichever witness reports it. */
function rank(field: FieldName, value: unknown, kind: Kind = 'skill'): number {
  if (field === 'outcome') return value === 'running' ? 0 : value === 'abandoned' ? 1 : 2
  if (field === 'skill_name') return isPlaceholderName(value as string, kind) ? 0 : 1
  if (field === 'trigger') return value === 'unknown' ? 0 : 1
  return 1
}
