import { h, type JSX } from 'preact'
import { fit } from '../../text.ts'
import { visible } from '../visible.ts'
import type { Axis } from './axis.ts'
import { FIGURE_WIDTH } from './figure.ts'

/** One row of a chart: a name, a number, and what is drawn between them. */
export interface ChartRow {
  readonly name: string
  readonly value: string
  /** Shown when the pointer rests on the row. */
  readonly tip: string
  /** @param x the place of a value of the axis; @param y the middle of the row's lane */
  draw(x: (value: number) => number, y: number): readonly JSX.Element[]
}

const ROW_HEIGHT = 44
const LANE = 28
const AXIS_HEIGHT = 24
const RIGHT = 52
const NAME_COLUMNS = 48

export function rowChartHeight(rows: readonly ChartRow[], { ticks }: Axis): number {
  return rows.length * ROW_HEIGHT + (ticks.length > 0 ? AXIS_HEIGHT : 0)
}

/** Rows beneath each other, each with its name above its lane, so that names may be long. */
export function rowChart(
  rows: readonly ChartRow[],
  axis: Axis,
  tickText: (value: number) => string,
): JSX.Element[] {
  const x = (value: number) => Math.round(10 * (FIGURE_WIDTH - RIGHT) * axis.share(value)) / 10
  const bottom = rows.length * ROW_HEIGHT
  return [
    ...axis.ticks.map((tick) => tickAt(x(tick), bottom, tickText(tick))),
    ...rows.map((row, index) => rowAt(row, index * ROW_HEIGHT, x)),
  ]
}

function rowAt(
  { name, value, tip, draw }: ChartRow,
  top: number,
  x: (value: number) => number,
): JSX.Element {
  const short = fit(visible(name), NAME_COLUMNS).trimEnd()
  return h('g', { class: 'row' }, [
    h('title', {}, tip),
    h('text', { class: 'name', x: 0, y: top + 12 }, short),
    ...draw(x, top + LANE),
    h('text', { class: 'value', x: FIGURE_WIDTH, y: top + LANE + 4, 'text-anchor': 'end' }, value),
  ])
}

function tickAt(x: number, bottom: number, text: string): JSX.Element {
  const anchor = x === 0 ? 'start' : 'middle'
  return h('g', {}, [
    h('line', { class: 'grid', x1: x, x2: x, y1: 0, y2: bottom }),
    h('text', { class: 'tick', x, y: bottom + 16, 'text-anchor': anchor }, text),
  ])
}
