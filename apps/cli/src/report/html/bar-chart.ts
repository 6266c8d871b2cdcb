import { h, type JSX } from 'preact'
import type { Axis } from './axis.ts'
import { FIGURE_WIDTH } from './figure.ts'

/** One bar, as parts that stand on each other. */
export interface Bar {
  readonly label: string
  /** Shown when the pointer rests on the bar. */
  readonly tip: string
  readonly parts: readonly { readonly mark: string; readonly value: number }[]
  /** A bar of a period that is not over is paler. */
  readonly isWhole: boolean
}

export const BAR_CHART_HEIGHT = 190

const TOP = 10
const BOTTOM = 26
const PLOT_HEIGHT = BAR_CHART_HEIGHT - TOP - BOTTOM
const CHARACTER_WIDTH = 7
const BAR_WIDTH_MAX = 40
const LABEL_GAP = 10

/** Upright bars over an axis, with as many labels as there is room for. */
export function barChart(
  bars: readonly Bar[],
  axis: Axis,
  tickText: (value: number) => string,
): JSX.Element[] {
  const left = 8 + CHARACTER_WIDTH * Math.max(...axis.ticks.map((tick) => tickText(tick).length))
  const labelWidth = CHARACTER_WIDTH * Math.max(...bars.map(({ label }) => label.length))
  // Half of the last label may stand out over its bar.
  const right = Math.max(0, (labelWidth - (FIGURE_WIDTH - left) / bars.length) / 2)
  const step = (FIGURE_WIDTH - left - right) / bars.length
  const centre = (index: number) => left + (index + 0.5) * step
  const every = Math.ceil((labelWidth + LABEL_GAP) / step)
  return [
    ...axis.ticks.map((tick) => gridLine(left, yOf(axis, tick), tickText(tick))),
    ...bars.map((bar, index) => barOf(bar, axis, centre(index), Math.min(BAR_WIDTH_MAX, 0.7 * step))),
    // The last bar is the one that readers look for, so labels are counted from it.
    ...bars.flatMap(({ label }, index) =>
      (bars.length - 1 - index) % every === 0 ? [bottomLabel(label, centre(index))] : [],
    ),
  ]
}

function gridLine(left: number, y: number, text: string): JSX.Element {
  return h('g', {}, [
    h('line', { class: 'grid', x1: left, x2: FIGURE_WIDTH, y1: y, y2: y }),
    h('text', { class: 'tick', x: left - 6, y: y + 4, 'text-anchor': 'end' }, text),
  ])
}

function barOf({ tip, parts, isWhole }: Bar, axis: Axis, centre: number, width: number): JSX.Element {
  let sum = 0
  const drawn = parts.filter(({ value }) => value > 0)
  return h('g', { class: isWhole ? 'bar' : 'bar part' }, [
    h('title', {}, tip),
    ...drawn.map(({ mark, value }, index) => {
      const bottom = yOf(axis, sum)
      sum += value
      const isTop = index === drawn.length - 1
      return h('path', { class: mark, d: column(centre - width / 2, yOf(axis, sum), width, bottom, isTop) })
    }),
  ])
}

/** A column whose upper corners are round when nothing stands on it. */
function column(x: number, top: number, width: number, bottom: number, isTop: boolean): string {
  const radius = isTop ? Math.min(3, width / 2, bottom - top) : 0
  return [
    `M${rounded(x)},${rounded(bottom)}V${rounded(top + radius)}`,
    `q0,${rounded(-radius)} ${rounded(radius)},${rounded(-radius)}`,
    `h${rounded(width - 2 * radius)}`,
    `q${rounded(radius)},0 ${rounded(radius)},${rounded(radius)}`,
    `V${rounded(bottom)}z`,
  ].join('')
}

function bottomLabel(label: string, x: number): JSX.Element {
  return h('text', { class: 'tick', x: rounded(x), y: BAR_CHART_HEIGHT - 8, 'text-anchor': 'middle' }, label)
}

function yOf(axis: Axis, value: number): number {
  return TOP + PLOT_HEIGHT * (1 - axis.share(value))
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10
}
