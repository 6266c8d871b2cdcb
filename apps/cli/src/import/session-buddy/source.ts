import { createHash } from 'node:crypto'

/** One call as session-buddy stores it, with session-buddy's field names. */
export type SessionBuddyRecord = Readonly<Record<string, unknown>>

export interface SourceRow {
  /** Ascending: the row id in a database, the position in a file, from 1. */
  readonly rowId: number
  /** The same each time this row is read, also from a copy. */
  readonly invocationId: string
  /** Undefined when the item is not an object. */
  readonly record: SessionBuddyRecord | undefined
}

/** A database or file of session-buddy, open for reading. */
export interface Source extends Disposable {
  readonly format: 'database' | 'json'
  /** V1 to V4 for a database, old or new for a file. */
  readonly layout: 'V1' | 'V2' | 'V3' | 'V4' | 'old' | 'new'
  readonly rowCount: number
  /** Row counts of tables that hold no calls and cannot be computed from calls. */
  readonly otherRows: Readonly<Record<string, number>>
  /** How many rows there are up to this one, which is included. */
  rowCountUpTo(rowId: number): number
  invocationIdAt(rowId: number): string | undefined
  rowsAfter(rowId: number): Iterable<SourceRow>
}

/** The id of a call, made from the parts of its row that never change. */
export function invocationIdOf(...parts: readonly unknown[]): string {
  return `session-buddy-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`
}
