/** The columns of a table whose rows a report replaces. */
export interface ReportedColumns<Row> {
  readonly table: string
  /** What a row is about; empty where a project has one row. */
  readonly key: readonly (keyof Row & string)[]
  readonly values: readonly (keyof Row & string)[]
  /** The column that says when a row was stored, where there is one. */
  readonly storedAt?: 'last_updated_at_ms' | 'computed_at_ms'
}

/** What makes the stored rows of a project or unit equal to those of a report. */
export interface ReportedPlan<Row> {
  readonly inserts: readonly Row[]
  readonly updates: readonly Row[]
  readonly deletes: readonly Row[]
  readonly unchanged: number
}

/**
 * Compares a report with what is stored, by what each row is about. A pure function, so that a report that
 * was stored plans nothing.
 */
export function planReported<Row extends object>(
  stored: readonly Row[],
  reported: readonly Row[],
  { key, values }: ReportedColumns<Row>,
): ReportedPlan<Row> {
  const keyOf = (row: Row) => key.map((column) => row[column]).join('\0')
  const known = new Map(stored.map((row) => [keyOf(row), row]))
  const inserts: Row[] = []
  const updates: Row[] = []
  for (const row of reported) {
    const before = known.get(keyOf(row))
    known.delete(keyOf(row))
    if (before === undefined) inserts.push(row)
    else if (values.some((column) => before[column] !== row[column])) updates.push(row)
  }
  const unchanged = reported.length - inserts.length - updates.length
  return { inserts, updates, deletes: [...known.values()], unchanged }
}
