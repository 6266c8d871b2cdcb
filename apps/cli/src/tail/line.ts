import type { Invocation, UpsertChange } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { columns, cut, fit, pad, printable } from '../text.ts'

/** The sign and the colour of each outcome. */
export const MARKS = {
  running: { mark: '…', format: 'cyan' },
  completed: { mark: '✔', format: 'green' },
  failed: { mark: '✘', format: 'red' },
  rejected: { mark: '⊘', format: 'yellow' },
  abandoned: { mark: '∅', format: 'gray' },
} as const

const GAP = '  '
const KIND_WIDTH = 7

/** In narrower terminals the outcome is its sign alone, durations have less room, and dates have no year. */
const WIDE_MIN = 100
const DURATION_WIDTH = { narrow: 9, wide: 11 }
/** Widths of the column of names, which takes two thirds of what the others leave. */
const NAME_WIDTH = { least: 12, most: 40, whereNothingIsCut: 32 }

/**
 * How a line shows instants, in local time: `clock` for live invocations, `date` and clock for stored ones.
 */
export type TimeStyle = 'clock' | 'date'

/** How lines are shown. */
export interface LineView {
  readonly time: TimeStyle
  /** Columns of the terminal; infinite where nothing is cut. */
  readonly width: number
  /** A session id as it is shown, printable. */
  sessionText(sessionId: string): string
}

/**
 * A change as one line of at most `width` columns: time, kind, name, outcome, duration, session, error type
 * and workflow phase. All but the last two are aligned.
 */
export function changeLine({ invocation }: UpsertChange, view: LineView, paint: Paint): string {
  const { time, width } = view
  const { mark, format } = MARKS[invocation.outcome]
  const isWide = width >= WIDE_MIN
  const instant = localTime(shownInstant(invocation), time)
  const before = [
    paint('dim', isWide ? instant : instant.replace(/^\d{4}-/, '')),
    pad(invocation.kind, KIND_WIDTH),
  ]
  const after = [
    paint(format, isWide ? `${mark} ${invocation.outcome.padEnd(9)}` : mark),
    durationText(invocation).padStart(isWide ? DURATION_WIDTH.wide : DURATION_WIDTH.narrow),
    paint('dim', view.sessionText(invocation.session_id)),
  ]
  const room = width - columns([...before, '', ...after].join(GAP))
  const name = paint('bold', nameCell(printable(invocation.skill_name), room))
  return cut([...before, name, ...after, ...errorAndPhase(invocation)].join(GAP).trimEnd(), width)
}

/** The end of an invocation, or its start while it runs. */
export function shownInstant({ ended_at, invoked_at }: Pick<Invocation, 'ended_at' | 'invoked_at'>): string {
  return ended_at ?? invoked_at
}

/** A name in the part of a room that names get. */
function nameCell(name: string, room: number): string {
  if (room === Number.POSITIVE_INFINITY) return pad(name, NAME_WIDTH.whereNothingIsCut)
  return fit(name, Math.min(NAME_WIDTH.most, Math.max(NAME_WIDTH.least, Math.ceil((room * 2) / 3))))
}

/** A duration in its two largest units. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(Math.round(ms / 1_000) / 60)
  if (minutes < 60) return `${minutes} m ${String(Math.round(ms / 1_000) % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`
}

/** The execution time; without it the elapsed time, which is an upper bound. */
export function durationText({
  execution_ms,
  elapsed_ms,
}: Pick<Invocation, 'execution_ms' | 'elapsed_ms'>): string {
  if (execution_ms !== undefined) return formatDuration(execution_ms)
  return elapsed_ms === undefined ? '' : `≤ ${formatDuration(elapsed_ms)}`
}

function errorAndPhase({ error_type, workflow_phase }: Invocation): string[] {
  return [error_type, workflow_phase].filter((text) => text !== undefined).map(printable)
}

export function localTime(instant: string, time: TimeStyle): string {
  const date = new Date(instant)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return time === 'clock'
    ? clock
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`
}
