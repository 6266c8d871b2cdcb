import type { Paint } from '../context.ts'
import { MARKS } from '../tail/line.ts'
import { columns, fit } from '../text.ts'
import type { Block } from './blocks.ts'
import { type Cells, type CellsView, cellsOf } from './cells.ts'
import { lineOf, type Part } from './parts.ts'
import { timelineRows } from './rows.ts'
import { type WorkColumns, workColumnsWithin } from './work-columns.ts'

export interface TimelineView extends CellsView {
  /** Whether runs of equal calls are not folded. */
  readonly isFull: boolean
  readonly width: number
}

interface Layout {
  /** Columns of tree, kind, name and number of calls together. */
  readonly label: number
  readonly duration: number
  readonly work: WorkColumns | undefined
}

const GAP = '  '
const TIME_WIDTH = 8
const OUTCOME_WIDTH = 1
const HEADINGS = { time: 'TIME', label: 'TURN, CALL', duration: 'DURATION' }

/** Errors leave as much to the names, and so do columns of work. */
const LABEL_WIDTH_MIN = { besideErrors: 40, besideWork: 28 }
const ERROR_WIDTH_MAX = 24

/**
 * The turns of a session, and its calls as a tree beneath them, one line each, at most `width` columns wide.
 * When they began on more than one day, each day has a line of its own.
 */
export function timelineLines(blocks: readonly Block[], view: TimelineView, paint: Paint): string[] {
  const { isFull, width } = view
  // Tree lines take at most a third of the width.
  const rows = timelineRows(blocks, { isFull, levels: Math.max(2, Math.floor(width / 9)) })
  const cells = rows.map((row) => cellsOf(row, view))
  const layout = layoutOf(cells, width)
  const isManyDays = new Set(cells.map(({ day }) => day)).size > 1
  const lines = cells.flatMap((each, index) => [
    ...(isManyDays && each.day !== cells[index - 1]?.day
      ? [[{ text: each.day, format: 'dim' } as const]]
      : []),
    ...linesOf(each, layout, width),
  ])
  const head = layout.work === undefined ? [] : [headingOf(layout, layout.work)]
  return [...head, ...lines].map((parts) => lineOf(parts, width, paint))
}

function layoutOf(cells: readonly Cells[], width: number): Layout {
  const widest = (textOf: (cells: Cells) => string) =>
    cells.reduce((most, each) => Math.max(most, columns(textOf(each))), 0)
  const label = widest(labelText)
  const works = cells.flatMap(({ work }) => work ?? [])
  const duration = Math.max(
    widest((each) => each.duration),
    works.length > 0 ? HEADINGS.duration.length : 0,
  )
  const room = width - TIME_WIDTH - OUTCOME_WIDTH - duration - 3 * GAP.length
  const roomOfWork = room - Math.min(label, LABEL_WIDTH_MIN.besideWork) - GAP.length
  const work = workColumnsWithin(roomOfWork, works)
  const error = Math.min(
    ERROR_WIDTH_MAX,
    widest((each) => each.error),
  )
  const besideWork = work === undefined ? room : room - GAP.length - work.width
  const besideErrors = error === 0 ? room : Math.max(LABEL_WIDTH_MIN.besideErrors, room - GAP.length - error)
  return { label: Math.max(1, Math.min(label, room, besideWork, besideErrors)), duration, work }
}

function labelText({ tree, kind, name, times }: Cells): string {
  return `${tree}${kind}${name}${times}`
}

function headingOf({ label, duration }: Layout, work: WorkColumns): Part[] {
  const texts = [
    fit(HEADINGS.time, TIME_WIDTH),
    fit(HEADINGS.label, label),
    ' '.repeat(OUTCOME_WIDTH),
    HEADINGS.duration.padStart(duration),
    work.heading,
  ]
  return [{ text: texts.join(GAP), format: 'bold' }]
}

function partsOf(cells: Cells, layout: Layout): Part[] {
  const mark = cells.outcome === undefined ? undefined : MARKS[cells.outcome]
  return [
    { text: fit(cells.time, TIME_WIDTH) + GAP, format: 'dim' },
    ...labelParts(cells, layout.label),
    { text: GAP },
    mark === undefined ? { text: ' '.repeat(OUTCOME_WIDTH) } : { text: mark.mark, format: mark.format },
    { text: GAP + cells.duration.padStart(layout.duration) },
    ...workParts(cells, layout.work),
    { text: cells.error === '' ? '' : GAP + cells.error },
  ]
}

/** One line; a second one for an error that the work before it leaves no room. */
function linesOf(cells: Cells, layout: Layout, width: number): Part[][] {
  const line = partsOf(cells, layout)
  const isWide = columns(line.map(({ text }) => text).join('')) > width
  if (!isWide || cells.work === undefined || cells.error === '') return [line]
  return [partsOf({ ...cells, error: '' }, layout), errorBelow(cells, layout)]
}

/** The error where lines without work have theirs, with the lines of the tree that pass it. */
function errorBelow({ tree, error }: Cells, { label, duration }: Layout): Part[] {
  const passing = tree.replace('├─ ', '│  ').replace('└─ ', '   ')
  const before = [' '.repeat(OUTCOME_WIDTH), ' '.repeat(duration), error]
  return [
    { text: ' '.repeat(TIME_WIDTH) + GAP },
    { text: fit(passing, label), format: 'dim' },
    { text: GAP + before.join(GAP) },
  ]
}

/** Work stands where other lines have their error. */
function workParts({ work }: Cells, shown: WorkColumns | undefined): Part[] {
  return work === undefined || shown === undefined ? [] : [{ text: GAP }, ...shown.partsOf(work)]
}

/** Tree, kind, name and number of calls in exactly `width` columns, or in more when not even these fit. */
function labelParts({ tree, kind, name, times }: Cells, width: number): Part[] {
  const room = Math.max(1, width - columns(`${tree}${kind}${times}`))
  const shown = columns(name) <= room ? name : fit(name, room)
  return [
    { text: tree, format: 'dim' },
    { text: kind },
    { text: shown, format: 'bold' },
    { text: times + ' '.repeat(room - columns(shown)) },
  ]
}
