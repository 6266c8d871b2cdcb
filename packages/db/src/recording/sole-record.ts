import type { ObservedFields } from '@skillwatch/schema'
import { COLUMN_NAMES, DERIVABLE_FIELDS, FIELD_NAMES, FIELDS, type ResolvedRow } from './fields.ts'
import type { WitnessRecord } from './witness-record.ts'

/**
 * Most invocations have one witness, and the row says all that it reported. Such a record is not stored
 * beside its row: the row keeps a bit for each field that it might have derived and that the witness did
 * report.
 */

/** Each column with its bit, which is 0 where the row holds a value only if the witness reported one. */
const COLUMNS = COLUMN_NAMES.map((name) => ({
  name,
  bit: DERIVABLE_FIELDS.includes(name) ? 1 << DERIVABLE_FIELDS.indexOf(name) : 0,
  isJson: FIELDS[name].column === 'json',
}))

const FIELDS_WITHOUT_COLUMN = FIELD_NAMES.filter((name) => FIELDS[name].column === 'none')

/**
 * The bits of a record that its row contains whole; undefined when the record says something else than the
 * row.
 */
export function soleRecordBits({ fields }: WitnessRecord, row: ResolvedRow): number | undefined {
  if (FIELDS_WITHOUT_COLUMN.some((name) => fields[name] !== undefined)) return undefined
  let bits = 0
  for (const { name, bit, isJson } of COLUMNS) {
    const reported = fields[name]
    if (reported === undefined) {
      if (row[name] !== null && bit === 0) return undefined
      continue
    }
    if ((isJson ? JSON.stringify(reported) : reported) !== row[name]) return undefined
    bits |= bit
  }
  return bits
}

/** What the only witness of a row reported. */
export function fieldsOfSoleRecord(row: ResolvedRow, bits: number): ObservedFields {
  const fields: Record<string, unknown> = {}
  for (const { name, bit, isJson } of COLUMNS) {
    const value = row[name]
    if (value === null || (bit !== 0 && (bits & bit) === 0)) continue
    fields[name] = isJson ? JSON.parse(value as string) : value
  }
  return fields as ObservedFields
}
