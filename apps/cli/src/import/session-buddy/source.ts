import { createHash } from 'node:crypto'

/** One call as session-buddy keeps it, under its names. */
export type SessionBuddyRecord = Readonly<Record<string, unknown>>

export interface SourceRow {
  /** Grows from row to row: the row id of a database, the place in a file from 1. */
  readonly rowId: number
  /** The same whenever and wherever this row is read. */
  readonly invocationId: string
  /** Undefined when what stands there is no record. */
  readonly record: SessionBuddyRecord | undefined
}

/** Something that session-buddy has recorded calls in, open for reading. */
export interface Source extends Disposable {
  readonly format: 'database' | 'json'
  /** Which of session-buddy's layouts it has: V1 to V4 of the database, old or new of the file. */
  readonly layout: 'V1' | 'V2' | 'V3' | 'V4' | 'old' | 'new'
  readonly rowCount: number
  /** Rows of tables that hold something else than calls and cannot be counted from them. */
  readonly otherRows: Readonly<Record<string, number>>
  /** Rows up to and with this one. */
  rowCountUpTo(rowId: number): number
  invocationIdAt(rowId: number): string | undefined
  rowsAfter(rowId: number): Iterable<SourceRow>
}

/** The id of a call, made from what never changes about its row. */
export function invocationIdOf(...parts: readonly unknown[]): string {
  return `session-buddy-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`
}
