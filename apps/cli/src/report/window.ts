import { CliError } from '../errors.ts'
import { parseInstantOption } from '../instant.ts'

/** From (included) to (excluded), in epoch milliseconds. */
export interface Window {
  readonly sinceMs: number
  readonly untilMs: number
}

export const DEFAULT_SINCE = '7d'

const HOUR_MS = 3_600_000

/**
 * The window that a command line names, in whole hours, as sums are stored by the hour. Only its end may be
 * within an hour, when that is now.
 * @throws {CliError} (usage) when the window is empty
 */
export function toWindow({ since, until }: { since?: string; until?: string }, nowMs: number): Window {
  const end = until === undefined ? nowMs : Date.parse(until)
  const start = Date.parse(since ?? parseInstantOption(DEFAULT_SINCE, end))
  const sinceMs = Math.floor(start / HOUR_MS) * HOUR_MS
  const untilMs = Math.min(Math.ceil(end / HOUR_MS) * HOUR_MS, nowMs)
  if (start >= Math.min(end, nowMs))
    throw new CliError('--since must be before --until, which is now by default.', { exitCode: 2 })
  return { sinceMs, untilMs }
}

/** The equally long window before, in whole hours: it may be longer by less than an hour. */
export function windowBefore({ sinceMs, untilMs }: Window): Window {
  const lengthMs = untilMs - sinceMs
  return { sinceMs: Math.floor((sinceMs - lengthMs) / HOUR_MS) * HOUR_MS, untilMs: sinceMs }
}
