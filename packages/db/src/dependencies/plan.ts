import type { ReportedColumns } from './columns.ts'

/** What makes the stored rows of a unit equal to those of a report. */
export interface ReportedPlan<Row> {
  readonly inserts: readonly Row[]
  readonly updates: readonly { readonly row_id: number; readonly row: Row }[]
  /** By their `row_id`. */
  readonly deletes: readonly number[]
  readonly unchanged: number
}

/**
 * Compares a report with what is stored, by what each row is about. A pure function, so that a report that
 * was stored plans nothing.
 */
export function planReported<Row>(
  stored: readonly (Row & { readonly row_id: number })[],
  reported: readonly Row[],
  { key, values }: ReportedColumns<Row>,
): ReportedPlan<Row> {
  const keyOf = (row: Row) => key.map((column) => row[column]).join('\0')
  const known = new Map(stored.map((row) => [keyOf(row), row]))
  const inserts: Row[] = []
  const updates: { row_id: number; row: Row }[] = []
  for (const row of reported) {
    const before = known.get(keyOf(row))
    known.delete(keyOf(row))
    if (before === undefined) inserts.push(row)
    else if (values.some((column) => before[column] !== row[column]))
      updates.push({ row_id: before.row_id, row })
  }
  const unchanged = reported.length - inserts.length - updates.length
  return { inserts, updates, deletes: [...known.values()].map(({ row_id }) => row_id), unchanged }
}
