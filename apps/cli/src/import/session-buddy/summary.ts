import type { Outcome } from '@skillwatch/schema'
import { printable, table } from '../../text.ts'
import { type Counts, noneSent, type SentCounts } from '../summary.ts'
import { countsText, number, sentRows } from '../summary-text.ts'
import type { Source } from './source.ts'
import type { Assumption } from './to-observation.ts'

/** The result of an import from session-buddy, as `--json` prints it. */
export interface SessionBuddySummary {
  source: { path: string; format: Source['format']; layout: Source['layout'] }
  rows: {
    /** In the source. */
    found: number
    /** Imported by an earlier run. */
    known: number
    read: number
    /** Of those read, not imported. */
    skipped: number
  }
  /** Whether the source was replaced since the last run, and therefore read from its start. */
  restarted: boolean
  outcomes: Partial<Record<Outcome, number>>
  sent: SentCounts
  /** Rows that were not imported, by reason. */
  skipped_rows: Counts
  /** Fields that were dropped or shortened in imported rows, by reason. */
  dropped_fields: Counts
  assumed: Partial<Record<Assumption, number>>
  /** Row counts of session-buddy's other tables, which hold no calls. */
  other_rows: Counts
  elapsed_ms: number
}

export function createSessionBuddySummary(path: string, source: Source): SessionBuddySummary {
  const { format, layout, rowCount, otherRows } = source
  return {
    source: { path, format, layout },
    rows: { found: rowCount, known: 0, read: 0, skipped: 0 },
    restarted: false,
    outcomes: {},
    sent: noneSent(),
    skipped_rows: {},
    dropped_fields: {},
    assumed: {},
    other_rows: { ...otherRows },
    elapsed_ms: 0,
  }
}

const ASSUMED: Readonly<Record<Assumption, string>> = {
  no_zone_read_as_utc: 'had no time zone and were read as UTC, as session-buddy does',
  no_session_named_migrated: 'had no session and were put into one named `migrated`, as session-buddy does',
  no_error_counted_as_abandoned:
    'did not complete and name no error: session-buddy counts them as abandoned, and so does this import',
}

/** The summary as text. */
export function sessionBuddyLines(summary: SessionBuddySummary, { dryRun }: { dryRun: boolean }): string[] {
  const { format, layout } = summary.source
  return table([
    ['source', format === 'database' ? `database ${layout}` : `JSON, ${layout} layout`],
    ['rows', rowsText(summary)],
    ['outcomes', countsText(summary.outcomes) || 'none'],
    ...sentRows(summary.sent, dryRun),
    ...remarks(summary),
  ])
}

function rowsText({ rows, restarted, elapsed_ms }: SessionBuddySummary): string {
  const parts = [
    `${number(rows.found)} found`,
    `${number(rows.read)} read`,
    `${number(rows.known)} imported before`,
    ...(restarted ? ['the source was replaced since the last run and read from the start'] : []),
  ]
  return `${parts.join(', ')}, in ${(elapsed_ms / 1000).toFixed(1)} s`
}

function remarks({
  skipped_rows,
  dropped_fields,
  assumed,
  other_rows,
}: SessionBuddySummary): [string, string][] {
  const counted = (counts: Counts, title: string) =>
    Object.entries(counts).map(([reason, rowCount]): [string, string] => [
      title,
      `${number(rowCount)} × ${printable(reason)}`,
    ])
  const assumptions = Object.entries(assumed).map(([assumption, rowCount]): [string, string] => [
    'assumed',
    `${number(rowCount)} ${ASSUMED[assumption as Assumption]}`,
  ])
  const others = countsText(other_rows)
  return [
    ...counted(skipped_rows, 'skipped'),
    ...counted(dropped_fields, 'dropped'),
    ...assumptions,
    ...(others ? [['not imported', `${others}: tables without calls`] as [string, string]] : []),
  ]
}
