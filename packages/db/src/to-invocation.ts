import { formatInstant, type Invocation, type InvocationRow } from '@skillwatch/schema'
import { COLUMN_NAMES, type ColumnName, FIELDS } from './recording/fields.ts'

/** The name of a field on the wire: instants are RFC 3339 there, under `…_at` instead of `…_at_ms`. */
type WireName = {
  [Column in ColumnName]: (typeof FIELDS)[Column]['wire'] extends 'instant'
    ? Column extends `${infer Name}_ms`
      ? Name
      : never
    : Column
}[ColumnName]

/** Everything else that an invocation has on the wire. One that is missing here does not compile. */
const DERIVED: { readonly [Name in Exclude<keyof Invocation, WireName>]: Read } = {
  invocation_id: ({ invocation_id }) => invocation_id,
  completed: ({ outcome }) => outcome === 'completed',
  witnesses: ({ witnesses }) => witnesses.split(','),
}

type Read = (row: InvocationRow) => unknown

const READS = COLUMN_NAMES.map((column) => {
  const { wire, column: kept } = FIELDS[column]
  const name = wire === 'instant' ? column.replace(/_ms$/, '') : column
  const read =
    wire === 'instant' ? (value: unknown) => formatInstant(value as number) : kept === 'json' ? parse : same
  return { column, name, read }
})

/** The row as the wire shows it: instants as text, lists parsed, unknown fields left out. */
export function toInvocation(row: InvocationRow): Invocation {
  const invocation: Record<string, unknown> = { invocation_id: row.invocation_id }
  for (const { column, name, read } of READS) {
    const value = row[column]
    if (value !== null) invocation[name] = read(value)
  }
  invocation.completed = DERIVED.completed(row)
  invocation.witnesses = DERIVED.witnesses(row)
  return invocation as unknown as Invocation
}

function parse(value: unknown): unknown {
  return JSON.parse(value as string)
}

function same(value: unknown): unknown {
  return value
}
