import type { ObservedFields } from '@skillwatch/schema'
import { COLUMN_NAMES, DERIVABLE_FIELDS, FIELDS, type ResolvedRow } from './fields.ts'
import { areSameFields, type WitnessRecord } from './witness-record.ts'

/**
 * Most invocations have one witness, and the row says all that it reported. Such a record is not stored
 * beside its row: the row keeps a bit for each field that it might have derived and that the witness did
 * report.
 */

/**
 * The bits of a record that its row contains whole; undefined when the record says something else than the
 * row.
 */
export function soleRecordBits({ fields }: WitnessRecord, row: ResolvedRow): number | undefined {
  let bits = 0
  for (const [bit, name] of DERIVABLE_FIELDS.entries()) if (fields[name] !== undefined) bits |= 1 << bit
  return areSameFields(fieldsOfSoleRecord(row, bits), fields) ? bits : undefined
}

/** What the only witness of a row reported. */
export function fieldsOfSoleRecord(row: ResolvedRow, bits: number): ObservedFields {
  const fields: Record<string, unknown> = {}
  for (const name of COLUMN_NAMES) {
    const value = row[name]
    if (value === null) continue
    const bit = DERIVABLE_FIELDS.indexOf(name)
    if (bit >= 0 && (bits & (1 << bit)) === 0) continue
    fields[name] = FIELDS[name].column === 'json' ? JSON.parse(value as string) : value
  }
  return fields as ObservedFields
}
