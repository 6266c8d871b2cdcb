import type { Invocation, UpsertChange } from '@skillwatch/schema'
import type { Paint } from '../context.ts'
import { fit, printable } from '../text.ts'

/** The sign and the colour of each outcome. */
export const MARKS = {
  running: { mark: '…', format: 'cyan' },
  completed: { mark: '✔', format: 'green' },
  failed: { mark: '✘', format: 'red' },
  rejected: { mark: '⊘', format: 'yellow' },
  abandoned: { mark: '∅', format: 'gray' },
} as const

const NAME_WIDTH = 32
const DURATION_WIDTH = 11
const SESSION_LENGTH = 8

/**
 * How a line shows instants, in local time: `clock` for live invocations, `date` and clock for stored ones.
 */
export type TimeStyle = 'clock' | 'date'

/**
 * A change as aligned columns: time, kind, name, outcome, duration, session, workflow phase and error type.
 */
export function changeLine({ invocation }: UpsertChange, time: TimeStyle, paint: Paint): string {
  const { mark, format } = MARKS[invocation.outcome]
  const cells = [
    paint('dim', localTime(invocation.ended_at ?? invocation.invoked_at, time)),
    fit(invocation.kind, 7),
    paint('bold', fit(printable(invocation.skill_name), NAME_WIDTH)),
    paint(format, `${mark} ${invocation.outcome.padEnd(9)}`),
    durationText(invocation).padStart(DURATION_WIDTH),
    paint('dim', fit(shortSession(invocation.session_id), SESSION_LENGTH)),
    ...phaseAndError(invocation),
  ]
  return cells.join('  ').trimEnd()
}

/** The beginning of a session id, printable. */
export function shortSession(sessionId: string): string {
  return [...printable(sessionId)].slice(0, SESSION_LENGTH).join('')
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

function phaseAndError({ error_type, workflow_phase }: Invocation): string[] {
  return [workflow_phase, error_type]
    .filter((text) => text !== undefined)
    .map((text) => fit(printable(text), 24).trimEnd())
}

export function localTime(instant: string, time: TimeStyle): string {
  const date = new Date(instant)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return time === 'clock'
    ? clock
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`
}
