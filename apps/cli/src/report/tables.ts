import { withNoun } from '../amounts.ts'
import { costText, exactNumber, shortNumber } from '../usage/numbers.ts'
import { MEASURES } from './change-text.ts'
import { percentText, pointsText, ratioText } from './numbers.ts'
import type { PeriodName } from './periods.ts'
import type { Comparison, GroupRow, Measure, PeriodRow, Report, SkillRow, Spent, Totals } from './report.ts'

/** Text of our own, or a name from outside. */
export type Cell = string | { readonly name: string }

interface ReportColumn {
  readonly heading: string
  readonly align: 'left' | 'right'
  /** When there is too little width, the column with the highest rank is left out first. */
  readonly rank: number
}

/** A table in any format. The first column names the row. */
export interface ReportTable {
  readonly id: 'totals' | 'skills' | 'repositories' | 'models' | 'periods'
  readonly title: string
  readonly columns: readonly ReportColumn[]
  readonly rows: readonly (readonly Cell[])[]
  readonly notes: readonly string[]
}

type What = Pick<ReportTable, 'id' | 'title'>
type ColumnOf<Row> = ReportColumn & { cell(row: Row): Cell }

const SKILLS_MAX = 20
const GROUPS_MAX = 10

export function tablesOf(report: Report): ReportTable[] {
  return [
    totalsTable(report),
    skillsTable(report),
    groupsTable({ id: 'repositories', title: 'Repositories' }, 'Repository', report.repositories),
    groupsTable({ id: 'models', title: 'Models' }, 'Model', report.models),
    periodsTable(report),
  ].filter(({ rows }) => rows.length > 0)
}

const TOTALS: Readonly<Record<Measure, (totals: Totals) => string>> = {
  sessions: ({ sessions }) => exactNumber(sessions),
  turns: ({ turns }) => exactNumber(turns),
  uses: ({ uses }) => exactNumber(uses),
  calls: ({ calls }) => exactNumber(calls),
  failed_share: ({ failed_calls, calls }) => failedText(failed_calls, calls),
  tokens: ({ tokens }) => shortNumber(tokens),
  cost_usd: costText,
}

/** The rows of totals, as texts. */
export function totalRows({ totals, totals_before, comparisons }: Report) {
  const ofTotals = new Map(
    comparisons.filter(({ skill }) => skill === null).map((each) => [each.measure, each]),
  )
  return (Object.keys(TOTALS) as Measure[]).map((measure) => ({
    name: MEASURES[measure],
    now: TOTALS[measure](totals),
    before: totals_before && TOTALS[measure](totals_before),
    verdict: verdictText(ofTotals.get(measure)),
    isChange: isChange(ofTotals.get(measure)),
  }))
}

function totalsTable(report: Report): ReportTable {
  type Row = ReturnType<typeof totalRows>[number]
  const isCompared = report.totals_before !== null
  const columns: ColumnOf<Row>[] = [
    { ...left('Total', 0), cell: ({ name }) => name },
    { ...right(isCompared ? 'Now' : 'Amount', 0), cell: ({ now }) => now },
    ...(isCompared
      ? [
          { ...right('Before', 1), cell: ({ before }: Row) => before ?? '' },
          { ...left('Change', 2), cell: ({ verdict }: Row) => verdict },
        ]
      : []),
  ]
  return tableOf({ id: 'totals', title: 'Totals' }, columns, totalRows(report), costNotes(report.totals))
}

function isChange(comparison: Comparison | undefined): boolean {
  return comparison?.verdict === 'up' || comparison?.verdict === 'down'
}

/** What a comparison says, in a few words. */
function verdictText(comparison: Comparison | undefined): string {
  if (comparison === undefined) return ''
  const { verdict, measure, ratio, now, before } = comparison
  if (verdict === 'too_little_data') return 'too little data'
  if (verdict === 'unclear') return 'no clear change'
  if (measure === 'failed_share') return `${pointsText(now - before)} points`
  return ratio === null ? 'more' : ratioText(ratio)
}

function skillsTable({ skills, totals_before }: Report): ReportTable {
  const columns: ColumnOf<SkillRow>[] = [
    { ...left('Skill', 0), cell: ({ skill_name }) => ({ name: skill_name }) },
    { ...left('Kind', 5), cell: ({ kind }) => kind },
    { ...right('Uses', 0), cell: ({ uses }) => exactNumber(uses) },
    ...(totals_before === null
      ? []
      : [{ ...right('Before', 3), cell: ({ uses_before }: SkillRow) => exactNumber(uses_before ?? 0) }]),
    { ...right('Calls', 4), cell: ({ calls }) => exactNumber(calls) },
    { ...right('Failure share', 1), cell: ({ failed_calls, calls }) => failedText(failed_calls, calls) },
    ...spentColumns<SkillRow>(),
  ]
  const notes = ['Calls, tokens and cost include those of nested uses, so rows may count the same.']
  return tableOf(
    { id: 'skills', title: 'Skills' },
    columns,
    skills,
    [...notes, ...cutNotes(skills, SKILLS_MAX)],
    SKILLS_MAX,
  )
}

function groupsTable(what: What, heading: string, rows: readonly GroupRow[]): ReportTable {
  const hasUses = rows.some(({ uses }) => uses !== null)
  const columns: ColumnOf<GroupRow>[] = [
    { ...left(heading, 0), cell: ({ name }) => (name === null ? 'unknown' : { name }) },
    ...(hasUses ? [{ ...right('Uses', 3), cell: ({ uses }: GroupRow) => exactNumber(uses ?? 0) }] : []),
    { ...right('Responses', 4), cell: ({ responses }) => exactNumber(responses) },
    ...spentColumns<GroupRow>(),
  ]
  return tableOf(what, columns, rows, cutNotes(rows, GROUPS_MAX), GROUPS_MAX)
}

const PERIOD_TITLES: Readonly<Record<PeriodName, string>> = {
  day: 'Days',
  week: 'Weeks',
  month: 'Months',
}

function periodsTable({ period, periods }: Report): ReportTable {
  const columns: ColumnOf<PeriodRow>[] = [
    {
      ...left(period === 'week' ? 'Week of' : period === 'month' ? 'Month' : 'Day', 0),
      cell: ({ name, is_whole }) => (is_whole ? name : `${name} *`),
    },
    { ...right('Uses', 0), cell: ({ uses }) => exactNumber(uses) },
    { ...right('Responses', 4), cell: ({ responses }) => exactNumber(responses) },
    ...spentColumns<PeriodRow>(),
  ]
  const notes = periods.every(({ is_whole }) => is_whole) ? [] : [`* Part of a ${period}.`]
  return tableOf({ id: 'periods', title: PERIOD_TITLES[period] }, columns, periods, notes)
}

function spentColumns<Row extends Spent>(): ColumnOf<Row>[] {
  return [
    { ...right('Tokens', 2), cell: ({ tokens }) => shortNumber(tokens) },
    { ...right('Cost', 1), cell: costText },
  ]
}

function tableOf<Row>(
  what: What,
  columns: readonly ColumnOf<Row>[],
  rows: readonly Row[],
  notes: readonly string[],
  rowsMax = rows.length,
): ReportTable {
  const cells = rows.slice(0, rowsMax).map((row) => columns.map(({ cell }) => cell(row)))
  return { ...what, columns, rows: cells, notes }
}

function cutNotes(rows: readonly unknown[], rowsMax: number): string[] {
  return rows.length > rowsMax ? [`The first ${rowsMax} of ${exactNumber(rows.length)}.`] : []
}

const COST_SOURCES: Readonly<Record<Spent['cost_source'], string>> = {
  reported: 'The cost is what agents reported.',
  estimated: '~ estimated from prices per token.',
  mixed: '~ in part estimated from prices per token.',
  none: 'No cost is known.',
}

function costNotes({ cost_source, unpriced_responses }: Spent): string[] {
  const [have, their] = unpriced_responses === 1 ? ['has', 'its'] : ['have', 'their']
  const responses = withNoun(unpriced_responses, 'response', exactNumber)
  const unpriced = `${responses} ${have} no price; ${their} cost is not in the sums.`
  return [COST_SOURCES[cost_source], ...(unpriced_responses > 0 ? [unpriced] : [])]
}

function failedText(failed: number, calls: number): string {
  return calls === 0 ? '-' : percentText(failed / calls)
}

function left(heading: string, rank: number): ReportColumn {
  return { heading, rank, align: 'left' }
}

function right(heading: string, rank: number): ReportColumn {
  return { heading, rank, align: 'right' }
}
