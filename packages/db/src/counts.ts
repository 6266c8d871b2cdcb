import type { OutcomeCounts } from '@skillwatch/schema'

/** The counters that several roll-ups share, in the order of their tables. */
export const COUNT_COLUMNS = [
  'invocation_count',
  'running_count',
  'completed_count',
  'failed_count',
  'rejected_count',
  'abandoned_count',
] as const satisfies readonly (keyof OutcomeCounts)[]

export const NO_COUNTS: Readonly<OutcomeCounts> = {
  invocation_count: 0,
  running_count: 0,
  completed_count: 0,
  failed_count: 0,
  rejected_count: 0,
  abandoned_count: 0,
}

/** The counts alone, whatever else the row holds. */
export function outcomeCounts(row: OutcomeCounts): OutcomeCounts {
  return {
    invocation_count: row.invocation_count,
    running_count: row.running_count,
    completed_count: row.completed_count,
    failed_count: row.failed_count,
    rejected_count: row.rejected_count,
    abandoned_count: row.abandoned_count,
  }
}

/** completed / ended, 0–1; null while nothing has ended. */
export function completionRate(counts: OutcomeCounts): number | null {
  const ended = counts.completed_count + counts.failed_count + counts.rejected_count + counts.abandoned_count
  return ended === 0 ? null : counts.completed_count / ended
}
