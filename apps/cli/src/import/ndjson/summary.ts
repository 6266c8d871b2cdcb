import type { Outcome } from '@skillwatch/schema'
import { withNoun } from '../../amounts.ts'
import { printable, table } from '../../text.ts'
import { type Counts, noneSent, type SentCounts } from '../summary.ts'
import { countsText, mebibytes, number, sentRows } from '../summary-text.ts'

/** The result of an import of NDJSON, as `--json` prints it. */
export interface NdjsonSummary {
  /** The path, or `-` for standard input. */
  source: string
  lines: number
  bytes: number
  /** Bytes at the start of the file that an earlier run imported. */
  known_bytes: number
  /** Whether the file was replaced since the last run, and therefore read from its start. */
  restarted: boolean
  observations: number
  invocations: number
  outcomes: Partial<Record<Outcome | 'without_outcome', number>>
  sent: SentCounts
  /** Lines and items that were not imported, by reason. */
  skipped: Counts
  /** Whether the last line was incomplete. The next run reads it. */
  unfinished_line: boolean
  /** Fields of invocations that cannot be imported, by name. */
  ignored_fields: Counts
  elapsed_ms: number
}

export function createNdjsonSummary(source: string): NdjsonSummary {
  return {
    source,
    lines: 0,
    bytes: 0,
    known_bytes: 0,
    restarted: false,
    observations: 0,
    invocations: 0,
    outcomes: {},
    sent: noneSent(),
    skipped: {},
    unfinished_line: false,
    ignored_fields: {},
    elapsed_ms: 0,
  }
}

/** The summary as text. */
export function ndjsonLines(summary: NdjsonSummary, { dryRun }: { dryRun: boolean }): string[] {
  const rows: [string, string][] = [
    ['lines', linesText(summary)],
    ['imported', importedText(summary)],
    ['outcomes', countsText(summary.outcomes) || 'none'],
    ...sentRows(summary.sent, dryRun),
  ]
  for (const [reason, items] of Object.entries(summary.skipped))
    rows.push(['skipped', `${number(items)} × ${printable(reason)}`])
  if (summary.unfinished_line)
    rows.push(['unfinished', 'the last line is incomplete; the next run reads it'])
  const ignored = countsText(summary.ignored_fields)
  if (ignored) rows.push(['ignored', `${ignored}: every database makes its own`])
  return table(rows)
}

function importedText({ observations, invocations }: NdjsonSummary): string {
  const parts = [withNoun(observations, 'observation', number), withNoun(invocations, 'invocation', number)]
  return parts.join(', ')
}

function linesText({ lines, bytes, known_bytes, restarted, elapsed_ms }: NdjsonSummary): string {
  const read = `${number(lines)} (${mebibytes(bytes)} MiB) in ${(elapsed_ms / 1000).toFixed(1)} s`
  const known = known_bytes > 0 ? `, after ${mebibytes(known_bytes)} MiB imported before` : ''
  return read + known + (restarted ? ', from the start, as the file was replaced since the last run' : '')
}
