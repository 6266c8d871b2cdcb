import type { Kind } from '@skillwatch/schema'
import { withKind } from '../amounts.ts'
import { printable, table } from '../text.ts'
import type { Counts, ImportSummary, SentCounts } from './summary.ts'

/** The summary as text. */
export function summaryLines(summary: ImportSummary, { dryRun }: { dryRun: boolean }): string[] {
  const { files, sent } = summary
  const rows: [string, string][] = [
    ['files', filesText(files)],
    [
      'lines',
      `${number(summary.lines)} (${mebibytes(summary.bytes)} MiB) in ` +
        `${(summary.elapsed_ms / 1000).toFixed(1)} s`,
    ],
    ['calls', callsText(summary.calls) || 'none'],
    ['outcomes', countsText(summary.outcomes) || 'none'],
  ]
  rows.push(...sentRows(sent, dryRun))
  if (!dryRun) rows.push(['model requests', sentText(summary.sent_api_requests)])
  const skipped = countsText(summary.skipped_lines)
  if (skipped) rows.push(['skipped lines', skipped])
  const unknown = countsText(summary.unknown_record_types)
  if (unknown) rows.push(['unknown records', unknown])
  for (const { path, reason } of files.unreadable) rows.push(['unreadable', `${printable(path)}: ${reason}`])
  return table(rows)
}

/** How the server answered what was sent. */
export function sentRows(sent: SentCounts, dryRun: boolean): [string, string][] {
  if (dryRun) return [['sent', 'nothing: this was a dry run']]
  return [
    ['sent', sentText(sent)],
    ...(sent.rejected > 0 ? [['refused', countsText(sent.rejected_reasons)] as [string, string]] : []),
  ]
}

function sentText({ accepted, duplicates, rejected }: SentCounts): string {
  return `${number(accepted)} accepted, ${number(duplicates)} known already, ${number(rejected)} refused`
}

function filesText(files: ImportSummary['files']): string {
  const parts = [
    `${number(files.found)} found`,
    `${number(files.read)} read`,
    `${number(files.unchanged)} unchanged`,
  ]
  if (files.restarted > 0)
    parts.push(`${number(files.restarted)} replaced since the last run and read from the start`)
  if (files.relinked > 0) parts.push(`${number(files.relinked)} linked to the call that started them`)
  return parts.join(', ')
}

/** Largest first. */
function callsText(calls: ImportSummary['calls']): string {
  return (Object.entries(calls) as [Kind, number][])
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => withKind(count, kind, number))
    .join(', ')
}

/** Largest first. Names come from files, so they are made printable. */
export function countsText(counts: Counts): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, value]) => `${number(value)} ${printable(name).replaceAll('_', ' ')}`)
    .join(', ')
}

export function number(value: number): string {
  return value.toLocaleString('en-US')
}

export function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1)
}
