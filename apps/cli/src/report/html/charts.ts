import { h, type JSX } from 'preact'
import { withNoun } from '../../amounts.ts'
import { costText, exactNumber, shortNumber, tickNumber } from '../../usage/numbers.ts'
import { percentText } from '../numbers.ts'
import type { PeriodName } from '../periods.ts'
import type { PeriodRow, Report, SkillRow } from '../report.ts'
import { axisTo, dollarTicks, plainAxisTo } from './axis.ts'
import { BAR_CHART_HEIGHT, type Bar, barChart } from './bar-chart.ts'
import { figure, type LegendEntry, noFigure } from './figure.ts'
import { type ChartRow, rowChart, rowChartHeight } from './row-chart.ts'

const SKILLS_MAX = 8
const KINDS = ['skill', 'command', 'agent'] as const
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const BEFORE: LegendEntry = { mark: 'before', text: 'period before' }

/** Uses in each period, by kind. */
export function usesChart({ period, periods }: Report): JSX.Element {
  const kinds = KINDS.filter((kind) => periods.some(({ uses_by_kind }) => uses_by_kind[kind]))
  const bars = periods.map((row) => ({
    ...barOf(row, period, withNoun(row.uses, 'use', exactNumber)),
    parts: kinds.map((kind) => ({ mark: kind, value: row.uses_by_kind[kind] ?? 0 })),
  }))
  const axis = axisTo(Math.max(...periods.map(({ uses }) => uses)), { isWhole: true })
  return figure({
    id: 'uses',
    title: `Uses per ${period}`,
    description: `Bars of the uses in each ${period}, by kind. The table "${period}s" has the numbers.`,
    legend: kinds.map((kind) => ({ mark: kind, text: `${kind}s` })),
    height: BAR_CHART_HEIGHT,
    drawing: barChart(bars, axis, tickNumber),
  })
}

/** Money in each period. */
export function costChart({ period, periods, totals }: Report): JSX.Element {
  const title = `Cost per ${period}`
  if (totals.cost_usd === null) return noFigure(title, 'No cost is known.')
  const bars = periods.map((row) => ({
    ...barOf(row, period, costText(row)),
    parts: [{ mark: 'cost', value: row.cost_usd ?? 0 }],
  }))
  const axis = axisTo(Math.max(...periods.map(({ cost_usd }) => cost_usd ?? 0)))
  const isEstimated = totals.cost_source === 'estimated' || totals.cost_source === 'mixed'
  return figure({
    id: 'cost',
    title,
    description: `Bars of the cost of each ${period} in US dollars. The table "${period}s" has the numbers.`,
    legend: isEstimated ? [{ mark: 'cost', text: 'estimated from prices per token' }] : [],
    height: BAR_CHART_HEIGHT,
    drawing: barChart(bars, axis, dollarTicks(axis)),
  })
}

/** The most used skills. */
export function skillsChart({ skills, totals_before }: Report): JSX.Element {
  const shown = skills.slice(0, SKILLS_MAX)
  const axis = plainAxisTo(
    Math.max(...shown.map(({ uses, uses_before }) => Math.max(uses, uses_before ?? 0))),
  )
  const rows = shown.map((skill) => usesRow(skill))
  return figure({
    id: 'skills',
    title: 'Most used',
    description: 'Bars of the uses of the most used skills. The table "Skills" has the numbers.',
    legend: totals_before === null ? [] : [BEFORE],
    height: rowChartHeight(rows, axis),
    drawing: rowChart(rows, axis, tickNumber),
  })
}

/** The shares of failed calls, of the skills with enough calls. */
export function failuresChart({ skills, totals_before }: Report): JSX.Element {
  const known = skills.filter(({ failed_share_interval }) => failed_share_interval !== null)
  const shown = known
    .filter(({ failed_calls }) => failed_calls > 0)
    .sort((a, b) => shareOf(b) - shareOf(a))
    .slice(0, SKILLS_MAX)
  const title = 'Share of calls that failed'
  if (shown.length === 0) {
    const none =
      known.length === 0 ? 'No skill has enough calls in enough sessions.' : 'No call of a skill failed.'
    return noFigure(title, none)
  }
  const axis = axisTo(Math.max(...shown.map(largestShare)))
  const rows = shown.map((skill) => failuresRow(skill))
  const interval = { mark: 'interval', text: '95% interval' }
  return figure({
    id: 'failures',
    title,
    description:
      'Dots of the share of failed calls of each skill with enough calls, on the line of its 95% interval. ' +
      'The table "Skills" has the numbers.',
    legend: totals_before === null ? [interval] : [interval, BEFORE],
    height: rowChartHeight(rows, axis),
    drawing: rowChart(rows, axis, (share) => `${Math.round(1_000 * share) / 10}%`),
  })
}

function barOf({ name, is_whole }: PeriodRow, period: PeriodName, value: string): Omit<Bar, 'parts'> {
  return {
    label: labelOf(name),
    tip: `${name}${is_whole ? '' : ` (part of the ${period})`}: ${value}`,
    isWhole: is_whole,
  }
}

/** `Nov 22` for a day, `Nov 2026` for a month. */
function labelOf(name: string): string {
  const [year, month, day] = name.split('-')
  return `${MONTHS[Number(month) - 1]} ${day === undefined ? year : Number(day)}`
}

function usesRow({ skill_name, kind, uses, uses_before }: SkillRow): ChartRow {
  const before = uses_before === null ? '' : `, ${exactNumber(uses_before)} before`
  return {
    name: skill_name,
    value: shortNumber(uses),
    tip: `${kind}: ${withNoun(uses, 'use', exactNumber)}${before}`,
    draw: (x, y) => [
      h('rect', { class: kind, x: 0, y: y - 5, width: Math.max(1, x(uses)), height: 10, rx: 3 }),
      ...(uses_before === null ? [] : [beforeMark(x(uses_before), y)]),
    ],
  }
}

function failuresRow(skill: SkillRow): ChartRow {
  const { skill_name, failed_calls, calls, failed_share_interval, failed_share_before: before } = skill
  const [from, to] = failed_share_interval!
  return {
    name: skill_name,
    value: percentText(shareOf(skill)),
    tip:
      `${exactNumber(failed_calls)} of ${exactNumber(calls)} calls failed; 95% interval ` +
      `${percentText(from)} to ${percentText(to)}${before === null ? '' : `; ${percentText(before)} before`}`,
    draw: (x, y) => [
      h('line', { class: 'interval', x1: x(from), x2: x(to), y1: y, y2: y }),
      ...(before === null ? [] : [beforeMark(x(before), y)]),
      h('circle', { class: 'dot', cx: x(shareOf(skill)), cy: y, r: 5 }),
    ],
  }
}

function beforeMark(x: number, y: number): JSX.Element {
  return h('rect', { class: 'before', x: x - 1.5, y: y - 9, width: 3, height: 18 })
}

function shareOf({ failed_calls, calls }: SkillRow): number {
  return failed_calls / calls
}

function largestShare({ failed_share_interval, failed_share_before }: SkillRow): number {
  return Math.max(failed_share_interval![1], failed_share_before ?? 0)
}
