import type { Invocation } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { durationText, localTime, MARKS, type TimeStyle } from '../tail/line.ts'
import { columns, cut, pad, printable } from '../text.ts'
import { type TimelineRow, timelineRows } from './rows.ts'
import type { CallNode } from './tree.ts'

/** The cells of a row; all are printable. */
interface Cells {
  readonly time: string
  readonly tree: string
  readonly kind: string
  readonly name: string
  /** The number of calls, when it is more than one. */
  readonly times: string
  readonly outcome: Invocation['outcome']
  readonly duration: string
  readonly error: string
}

interface Widths {
  /** Of tree, kind, name and number of calls together. */
  readonly label: number
  readonly duration: number
}

const GAP = '  '
/** Errors leave as much to the names. */
const LABEL_WIDTH_MIN = 40
const ERROR_WIDTH_MAX = 24
const OUTCOME_WIDTH = 1

/** The calls of a session as a tree, one line each, at most `width` columns wide. */
export function timelineLines(
  roots: readonly CallNode<Invocation>[],
  { isFull, width }: { isFull: boolean; width: number },
  paint: Paint,
): string[] {
  // Tree lines take at most a third of the width.
  const rows = timelineRows(roots, { isFull, levels: Math.max(2, Math.floor(width / 9)) })
  const cells = rows.map(cellsWith(timeStyleOf(rows)))
  const widths = widthsOf(cells, width)
  return cells.map((each) => cut(lineOf(each, widths, paint), width))
}

/** With dates when the calls began on more than one day. */
function timeStyleOf(rows: readonly TimelineRow[]): TimeStyle {
  const days = new Set(
    rows.map(({ calls: [{ invoked_at }] }) => localTime(invoked_at, 'date').split(' ')[0]),
  )
  return days.size > 1 ? 'date' : 'clock'
}

function cellsWith(time: TimeStyle): (row: TimelineRow) => Cells {
  return ({ calls, tree }) => {
    const [{ invoked_at, kind, skill_name, outcome }] = calls
    return {
      time: localTime(invoked_at, time),
      tree,
      kind,
      name: printable(skill_name),
      times: calls.length === 1 ? '' : ` ×${calls.length}`,
      outcome,
      duration: durationText(sumOfDurations(calls)),
      error: errorText(calls),
    }
  }
}

/** The sum over the calls whose duration is known; elapsed times make it an upper bound, as for one call. */
function sumOfDurations(calls: readonly Invocation[]): Pick<Invocation, 'execution_ms' | 'elapsed_ms'> {
  const known = calls.flatMap(({ execution_ms, elapsed_ms }) => execution_ms ?? elapsed_ms ?? [])
  if (known.length === 0) return {}
  const sum = known.reduce((a, b) => a + b)
  const isBound = calls.some(
    ({ execution_ms, elapsed_ms }) => execution_ms === undefined && elapsed_ms !== undefined,
  )
  return isBound ? { elapsed_ms: sum } : { execution_ms: sum }
}

function errorText(calls: readonly Invocation[]): string {
  const types = new Set(calls.flatMap(({ error_type }) => error_type ?? []))
  return [...types].map(printable).join(', ')
}

function widthsOf(cells: readonly Cells[], width: number): Widths {
  const widest = (textOf: (cells: Cells) => string) =>
    cells.reduce((most, each) => Math.max(most, columns(textOf(each))), 0)
  const duration = widest((each) => each.duration)
  const error = Math.min(
    ERROR_WIDTH_MAX,
    widest((each) => each.error),
  )
  const room = width - widest(({ time }) => time) - OUTCOME_WIDTH - duration - 3 * GAP.length
  const roomBesideErrors = error === 0 ? room : Math.max(LABEL_WIDTH_MIN, room - GAP.length - error)
  return { label: Math.max(1, Math.min(widest(labelText), room, roomBesideErrors)), duration }
}

function labelText({ tree, kind, name, times }: Cells): string {
  return `${tree}${kind} ${name}${times}`
}

function lineOf(cells: Cells, { label, duration }: Widths, paint: Paint): string {
  const { mark, format } = MARKS[cells.outcome]
  return [
    paint('dim', cells.time),
    pad(labelOf(cells, label, paint), label),
    paint(format, mark),
    cells.duration.padStart(duration),
    cells.error,
  ]
    .join(GAP)
    .trimEnd()
}

/** Tree, kind, name and number of calls in `width` columns, or in more when not even these fit. */
function labelOf({ tree, kind, name, times }: Cells, width: number, paint: Paint): string {
  const room = Math.max(1, width - columns(`${tree}${kind} ${times}`))
  return `${paint('dim', tree)}${kind} ${paint('bold', cut(name, room))}${times}`
}
