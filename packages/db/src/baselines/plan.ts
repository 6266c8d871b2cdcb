import type { BaselineRow, ParsedBaseline } from '@skillwatch/schema'
import { BASELINE_COLUMNS } from './columns.ts'

/** What makes the stored baselines of a project equal to those of a report. */
export interface BaselinesPlan {
  readonly inserts: readonly ParsedBaseline[]
  readonly updates: readonly ParsedBaseline[]
  readonly deletes: readonly BaselineRow[]
  readonly unchanged: number
}

/**
 * Compares a report with what is stored, by skill. A pure function, so that a report that was stored plans
 * nothing.
 */
export function planBaselines(
  stored: readonly BaselineRow[],
  reported: readonly ParsedBaseline[],
): BaselinesPlan {
  const known = new Map(stored.map((row) => [keyOf(row), row]))
  const inserts: ParsedBaseline[] = []
  const updates: ParsedBaseline[] = []
  for (const baseline of reported) {
    const row = known.get(keyOf(baseline))
    known.delete(keyOf(baseline))
    if (row === undefined) inserts.push(baseline)
    else if (BASELINE_COLUMNS.some((column) => row[column] !== baseline[column])) updates.push(baseline)
  }
  const unchanged = reported.length - inserts.length - updates.length
  return { inserts, updates, deletes: [...known.values()], unchanged }
}

export function keyOf({ kind, skill_name }: Pick<ParsedBaseline, 'kind' | 'skill_name'>): string {
  return `${kind}\0${skill_name}`
}
