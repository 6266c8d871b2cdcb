import type { Baseline } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { formatDuration } from '../tail/line.ts'
import { printable } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'

/** One line a skill. */
export function baselineLines(items: readonly Baseline[], width: number, paint: Paint): string[] {
  const { head, body } = fittingTable(columnsOf(items), items, width)
  return [...head.map((line) => paint('bold', line)), ...body]
}

function columnsOf(items: readonly Baseline[]): Column<Baseline>[] {
  const hasKinds = new Set(items.map(({ kind }) => kind)).size > 1
  return [
    left('SKILL', 0, ({ skill_name }) => printable(skill_name)),
    ...(hasKinds ? [left('KIND', 4, ({ kind }) => kind)] : []),
    right('PERSONS', 2, ({ total_users }) => `${exactNumber(total_users)}+`),
    right('CALLS', 5, ({ total_invocations }) => `${exactNumber(total_invocations)}+`),
    right('COMPLETED', 1, ({ global_completion_rate }) => percent(global_completion_rate)),
    right('INTERVAL', 3, ({ completion_rate_low, completion_rate_high }) =>
      rangeText(Math.floor(tenths(completion_rate_low)), Math.ceil(tenths(completion_rate_high)), '%'),
    ),
    right('PERCENTILE', 6, ({ effectiveness_percentile }) => placeText(effectiveness_percentile)),
    right('PLACES', 8, ({ effectiveness_percentile_low: low, effectiveness_percentile_high: high }) =>
      low === null || high === null ? '-' : rangeText(Math.round(low), Math.round(high)),
    ),
    right('DURATION', 7, ({ global_avg_duration_seconds }) => durationText(global_avg_duration_seconds)),
    left('PHASE', 9, ({ most_common_workflow_phase }) => printable(most_common_workflow_phase ?? '-')),
  ]
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}

/** A share in percent, with one digit, as the interval of a rate has three. */
function tenths(share: number): number {
  return Math.round(share * 1_000) / 10
}

function rangeText(from: number, to: number, unit = ''): string {
  return `${from}-${to}${unit}`
}

function placeText(percentile: number | null): string {
  return percentile === null ? '-' : String(Math.round(percentile))
}

function durationText(seconds: number | null): string {
  return seconds === null ? '-' : formatDuration(seconds * 1_000)
}

function left(heading: string, rank: number, cell: (row: Baseline) => string): Column<Baseline> {
  return { heading: [heading], rank, align: 'left', cell }
}

function right(heading: string, rank: number, cell: (row: Baseline) => string): Column<Baseline> {
  return { heading: [heading], rank, align: 'right', cell }
}
