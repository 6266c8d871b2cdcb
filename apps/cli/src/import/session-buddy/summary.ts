import type { Outcome } from '@skillwatch/schema'
import { printable, table } from '../../text.ts'
import { type Counts, noneSent, type SentCounts } from '../summary.ts'
import { countsText, number, sentRows } from '../summary-text.ts'
import type { Source } from './source.ts'
import type { Assumption } from './to-observation.ts'

/** What an import from session-buddy did, as `--json` prints it. */
export interface SessionBuddySummary {
  source: { path: string; format: Source['format']; layout: Source['layout'] }
  rows: {
    /** In the source. */
    found: number
    /** Answered for by the server in an earlier run. */
    known: number
    read: number
    /** Of those read, not taken. */
    skipped: number
  }
  /** The source is not what it was at the point reached last time: read again from the start. */
  restarted: boolean
  outcomes: Partial<Record<Outcome, number>>
  sent: SentCounts
  /** Rows that were not taken, by reason. */
  skipped_rows: Counts
  /** Fields that were left out or shortened in rows that were taken, by reason. */
  dropped_fields: Counts
  assumed: Partial<Record<Assumption, number>>
  /** Rows of session-buddy's other tables, which hold no calls. */
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
  no_zone_read_as_utc: 'stated no time zone and were read as UTC, as session-buddy reads them',
  no_session_named_migrated: 'had no session and went to one named `migrated`, as session-buddy does it',
  no_error_counted_as_abandoned:
    'neither completed nor name an error: session-buddy does not tell failed from abandoned and counts them as abandoned, and so do we',
}

/** The summary for a person. */
export function sessionBuddyLines(summary: SessionBuddySummary, { dryRun }: { dryRun: boolean }): string[] {
  const { source, rows, outcomes } = summary
  const found = [
    `${number(rows.found)} found`,
    `${number(rows.read)} read`,
    `${number(rows.known)} known already`,
  ]
  if (summary.restarted) found.push('the source was replaced since last time and read anew')
  const lines: [string, string][] = [
    [
      'source',
      `${source.format === 'database' ? `database ${source.layout}` : `JSON, ${source.layout} layout`}`,
    ],
    ['rows', `${found.join(', ')}, in ${(summary.elapsed_ms / 1000).toFixed(1)} s`],
    ['outcomes', countsText(outcomes) || 'none'],
    ...sentRows(summary.sent, dryRun),
  ]
  for (const [reason, rowCount] of Object.entries(summary.skipped_rows))
    lines.push(['skipped', told(rowCount, reason)])
  for (const [reason, rowCount] of Object.entries(summary.dropped_fields)) {
    lines.push(['left out', told(rowCount, reason)])
  }
  for (const [assumption, rowCount] of Object.entries(summary.assumed)) {
    lines.push(['assumed', `${number(rowCount)} ${ASSUMED[assumption as Assumption]}`])
  }
  const others = countsText(summary.other_rows)
  if (others) lines.push(['not imported', `${others}: tables without calls`])
  return table(lines)
}

function told(rowCount: number, reason: string): string {
  return `${number(rowCount)} × ${printable(reason)}`
}
