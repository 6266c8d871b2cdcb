import type { Experiment, ExperimentDetail, MetricComparison } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { printable, wrap } from '../text.ts'
import { exactNumber } from '../usage/numbers.ts'
import { localMinute } from '../usage/time-zone.ts'
import { effectText, meanText, pText } from './values.ts'

export interface View {
  readonly timeZone: string
  readonly width: number
}

/** One line an experiment. */
export function experimentTable(
  items: readonly Experiment[],
  { timeZone, width }: View,
  paint: Paint,
): string[] {
  const { head, body } = fittingTable<Experiment>(
    [
      left('NAME', 0, ({ test_name }) => printable(test_name)),
      left('STATUS', 1, ({ status }) => status),
      right('CONTROL', 2, ({ control }) => exactNumber(control.users_with_outcomes)),
      right('TREATMENT', 3, ({ treatment }) => exactNumber(treatment.users_with_outcomes)),
      right('NEEDED', 4, ({ min_sample_size }) => exactNumber(min_sample_size)),
      left('CREATED', 5, ({ created_at }) => localMinute(created_at, timeZone)),
    ],
    items,
    width,
  )
  return [...head.map((line) => paint('bold', line)), ...body]
}

/** An experiment with its groups, its metrics and its verdict. */
export function experimentLines(experiment: ExperimentDetail, view: View, paint: Paint): string[] {
  const { analysis } = experiment
  const { head, body } = fittingTable(metricColumns(), analysis.metrics, view.width)
  return [
    ...wrap(
      paint('bold', printable(experiment.test_name)) + stateText(experiment, view.timeZone),
      view.width,
    ),
    ...(experiment.description === null ? [] : wrap(printable(experiment.description), view.width)),
    '',
    ...groupLines(experiment, view.width),
    '',
    ...head.map((line) => paint('bold', line)),
    ...body,
    '* decides.',
    '',
    ...wrap(`${paint('bold', analysis.verdict.replaceAll('_', ' '))}: ${analysis.reason}`, view.width),
  ]
}

function stateText({ status, created_at, ended_at, end_date }: Experiment, timeZone: string): string {
  const since = `since ${localMinute(ended_at ?? created_at, timeZone)}`
  const until =
    status === 'running' && end_date !== null ? `, takes users until ${localMinute(end_date, timeZone)}` : ''
  return `, ${status} ${since}${until}`
}

function groupLines(experiment: ExperimentDetail, width: number): string[] {
  const { assignment_ratio, min_sample_size, analysis } = experiment
  const rows = (['control', 'treatment'] as const).map((group) => ({
    group,
    strategy: printable(experiment[`${group}_strategy`]),
    share: group === 'control' ? assignment_ratio : 1 - assignment_ratio,
    ...experiment[group],
  }))
  const { head, body } = fittingTable<(typeof rows)[number]>(
    [
      left('GROUP', 0, ({ group }) => group),
      left('STRATEGY', 3, ({ strategy }) => strategy),
      right('SHARE', 2, ({ share }) => `${Number((100 * share).toFixed(2))}%`),
      right('USERS', 1, ({ users }) => exactNumber(users)),
      right('WITH OUTCOMES', 1, ({ users_with_outcomes }) => exactNumber(users_with_outcomes)),
    ],
    rows,
    width,
  )
  const sizes = [analysis.assigned.p, analysis.with_outcomes.p].map(pText).join(' and ')
  const needed = withNoun(min_sample_size, 'user', exactNumber)
  const note = `Each group needs ${needed} with outcomes. p of sizes as configured: ${sizes}.`
  return [...head, ...body, ...wrap(note, width)]
}

function metricColumns(): Column<MetricComparison>[] {
  return [
    left('METRIC', 0, ({ metric, primary }) => (primary ? `${metric} *` : metric)),
    right('CONTROL', 2, ({ metric, control }) => meanText(metric, control.mean)),
    right('TREATMENT', 2, ({ metric, treatment }) => meanText(metric, treatment.mean)),
    right('EFFECT', 1, ({ metric, effect }) => effectText(metric, effect)),
    left('95% INTERVAL', 4, intervalText),
    right('P', 3, ({ p }) => pText(p)),
    right('Q', 5, ({ q }) => pText(q)),
  ]
}

function intervalText({ metric, interval }: MetricComparison): string {
  return interval === null
    ? '-'
    : interval
        .map((end) => effectText(metric, end))
        .join(' to ')
        .replace(' pt to', ' to')
}

function left<Row>(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'left', cell }
}

function right<Row>(heading: string, rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank, align: 'right', cell }
}
