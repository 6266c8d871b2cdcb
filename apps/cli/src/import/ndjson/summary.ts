import type { Outcome } from '@skillwatch/schema'
import { printable, table } from '../../text.ts'
import { type Counts, noneSent, type SentCounts } from '../summary.ts'
import { countsText, number, sentRows } from '../summary-text.ts'

/** What an import of NDJSON did, as `--json` prints it. */
export interface NdjsonSummary {
  /** The path, or `-` for standard input. */
  source: string
  lines: number
  bytes: number
  /** Bytes at the start of the file that an earlier run was answered for. */
  known_bytes: number
  /** The file was changed before the point reached last time: read again from the start. */
  restarted: boolean
  /** Items taken. */
  observations: number
  invocations: number
  outcomes: Partial<Record<Outcome | 'unstated', number>>
  sent: SentCounts
  /** Lines and items that were not taken, by reason. */
  skipped: Counts
  /** Whether the last line is not whole: the next run takes it up. */
  unfinished_line: boolean
  /** Fields of invocations that cannot be told again, by name. */
  left_out: Counts
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
    left_out: {},
    elapsed_ms: 0,
  }
}

/** The summary for a person. */
export function ndjsonLines(summary: NdjsonSummary, { dryRun }: { dryRun: boolean }): string[] {
  const read = `${number(summary.lines)} (${mebibytes(summary.bytes)} MiB) in ${(summary.elapsed_ms / 1000).toFixed(1)} s`
  const known =
    summary.known_bytes > 0 ? `, after ${mebibytes(summary.known_bytes)} MiB that were known already` : ''
  const anew = summary.restarted ? ', anew, as the file was replaced since last time' : ''
  const rows: [string, string][] = [
    ['lines', `${read}${known}${anew}`],
    ['taken', `${number(summary.observations)} observations, ${number(summary.invocations)} invocations`],
    ['outcomes', countsText(summary.outcomes) || 'none'],
    ...sentRows(summary.sent, dryRun),
  ]
  for (const [reason, items] of Object.entries(summary.skipped)) {
    rows.push(['skipped', `${number(items)} × ${printable(reason)}`])
  }
  if (summary.unfinished_line)
    rows.push(['unfinished', 'the last line, which is not whole yet: the next run takes it up'])
  const leftOut = countsText(summary.left_out)
  if (leftOut)
    rows.push(['left out', `${leftOut}: made by the database they come from, and made anew where it can be`])
  return table(rows)
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1)
}
