import type { AnomalyRow, ParsedFinding } from '@skillwatch/schema'
import { FINDING_COLUMNS } from './columns.ts'

/** What makes the stored findings of a window equal to those of a report. */
export interface FindingsPlan {
  readonly inserts: readonly ParsedFinding[]
  readonly updates: readonly { readonly row_id: number; readonly finding: ParsedFinding }[]
  readonly deletes: readonly AnomalyRow[]
  readonly unchanged: number
}

/**
 * Compares a report with what is stored, by `finding_id`. A pure function, so that a report that was stored
 * plans nothing.
 * @param stored all findings of the window, and those outside of it that the report has
 */
export function planFindings(
  stored: readonly AnomalyRow[],
  reported: readonly ParsedFinding[],
): FindingsPlan {
  const known = new Map(stored.map((row) => [row.finding_id, row]))
  const inserts: ParsedFinding[] = []
  const updates: { row_id: number; finding: ParsedFinding }[] = []
  for (const finding of reported) {
    const row = known.get(finding.finding_id)
    known.delete(finding.finding_id)
    if (row === undefined) inserts.push(finding)
    else if (!isEqual(row, finding)) updates.push({ row_id: row.row_id, finding })
  }
  const unchanged = reported.length - inserts.length - updates.length
  return { inserts, updates, deletes: [...known.values()], unchanged }
}

/** Resolved findings before open ones, and the oldest first: the order in which a full table drops them. */
export function byAge(a: ParsedFinding, b: ParsedFinding): number {
  const isOpen = ({ resolved_at_ms }: ParsedFinding) => Number(resolved_at_ms === null)
  const order = isOpen(a) - isOpen(b) || a.opened_at_ms - b.opened_at_ms
  return order || (a.finding_id < b.finding_id ? -1 : 1)
}

function isEqual(a: ParsedFinding, b: ParsedFinding): boolean {
  return FINDING_COLUMNS.every((column) => a[column] === b[column])
}
