import type { Dependency, DependencyUnit, Kind, Transition } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { type Column, fittingTable } from '../table.ts'
import { formatDuration } from '../tail/line.ts'
import { printable } from '../text.ts'
import { exactNumber, percentText } from '../usage/numbers.ts'
import type { AskedSkill } from './options.ts'

/** How rows are shown: those of one skill name the other one only. */
export interface RowsView {
  readonly asked: AskedSkill | undefined
  readonly unit: DependencyUnit
  readonly width: number
}

/** Pairs, one a line: with a skill, the other one and how often it is used where the skill is. */
export function pairLines(rows: readonly Dependency[], view: RowsView, paint: Paint): string[] {
  const { asked, unit } = view
  const names: Column<Dependency>[] = [
    asked
      ? left('SKILL', (row) => label(...otherOf(row, asked)))
      : left('SKILLS', (row) => `${label(row.kind_a, row.skill_a)} + ${label(row.kind_b, row.skill_b)}`),
  ]
  const both = ({ co_occurrence_count }: Dependency) => co_occurrence_count
  const shares: Column<Dependency>[] = asked
    ? [
        right(['SHARE'], 2, (row) => percentText(both(row), withAsked(row, asked))),
        right(['OF', 'ITS'], 4, (row) =>
          percentText(both(row), row.with_a + row.with_b - withAsked(row, asked)),
        ),
      ]
    : [
        right(['OF', 'FIRST'], 2, (row) => percentText(both(row), row.with_a)),
        right(['OF', 'SECOND'], 3, (row) => percentText(both(row), row.with_b)),
      ]
  const columns = [
    ...names,
    right(['LIFT'], 0, liftText),
    right([`${unit}S`.toUpperCase()], 1, (row: Dependency) => exactNumber(both(row))),
    ...shares,
    right(['Q'], 5, qText),
  ]
  return lines(columns, rows, view, paint)
}

/** Transitions, one a line: share, times and gap. @param side the one that is shown, with a skill */
export function transitionLines(
  rows: readonly Transition[],
  side: 'next' | 'before',
  view: RowsView,
  paint: Paint,
): string[] {
  const { asked, unit } = view
  const nameOf = (row: Transition) => {
    const [from, to] = [label(row.from_kind, row.from_skill), label(row.to_kind, row.to_skill)]
    if (asked === undefined) return `${from} → ${to}`
    return side === 'next' ? to : from
  }
  const whole = (row: Transition) => (side === 'next' ? row.from_count : row.to_count)
  const columns: Column<Transition>[] = [
    left(asked ? 'SKILL' : 'SKILLS', nameOf),
    right(['SHARE'], 0, (row) => percentText(row.transition_count, whole(row))),
    right(['TIMES'], 1, (row) => exactNumber(row.transition_count)),
    right(['MEDIAN', 'GAP'], 2, (row) => formatDuration(row.median_gap_ms)),
    right(['LIFT'], 3, liftText),
    right([`${unit}S`.toUpperCase()], 4, (row) => exactNumber(row.unit_count)),
    right(['Q'], 5, qText),
  ]
  return lines(columns, rows, view, paint)
}

/** A skill by its name, others with their kind. */
export function label(kind: Kind, name: string): string {
  return printable(kind === 'skill' ? name : `${name} (${kind})`)
}

function isAskedFirst({ kind_a, skill_a }: Dependency, { skill_name, kind }: AskedSkill): boolean {
  return skill_a === skill_name && (kind === undefined || kind_a === kind)
}

function otherOf(row: Dependency, asked: AskedSkill): [Kind, string] {
  return isAskedFirst(row, asked) ? [row.kind_b, row.skill_b] : [row.kind_a, row.skill_a]
}

function withAsked(row: Dependency, asked: AskedSkill): number {
  return isAskedFirst(row, asked) ? row.with_a : row.with_b
}

function liftText({ lift_score }: { lift_score: number }): string {
  return lift_score < 99.95 ? lift_score.toFixed(1) : exactNumber(Math.round(lift_score))
}

function qText({ q_value }: { q_value: number }): string {
  return q_value < 0.001 ? '<0.001' : q_value.toFixed(3)
}

function left<Row>(heading: string, cell: (row: Row) => string): Column<Row> {
  return { heading: [heading], rank: 0, align: 'left', cell }
}

function right<Row>(heading: readonly string[], rank: number, cell: (row: Row) => string): Column<Row> {
  return { heading, rank, align: 'right', cell }
}

function lines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width }: RowsView,
  paint: Paint,
): string[] {
  const { head, body } = fittingTable(columns, rows, width)
  return [...head.map((line) => paint('bold', line)), ...body]
}
