import { Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { parseInstantOption } from '../instant.ts'
import { localMinute } from '../usage/time-zone.ts'

/** A window of whole hours, in epoch milliseconds; its end is excluded. */
export interface Span {
  readonly sinceMs: number
  readonly untilMs: number
}

/** The window of a command line. */
export interface UseWindow extends Span {
  /** Whether it begins where it does without `--since`. */
  readonly isDefault: boolean
  /** Whether it ends now, as it does without `--until`. */
  readonly isUntilNow: boolean
}

/** The instants of a command line, as RFC 3339. */
export interface WindowOptions {
  readonly since?: string
  readonly until?: string
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DEFAULT_SINCE = '30d'

/** ws-gateway refuses earlier instants. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)

/** All that was ever recorded, up to the year 9998. */
export const EVER: Span = { sinceMs: EARLIEST_MS, untilMs: Date.UTC(9998, 0, 1) }

/** `--since` and `--until`. */
export function windowOptions({ nowMs }: CommandContext): Option[] {
  const instant = (text: string) => parseInstantOption(text, nowMs())
  return [
    new Option(
      '--since <instant>',
      'start of the window: an age such as 90d, a day (its start in UTC), or a date-time ' +
        `(default: ${DEFAULT_SINCE}, counted back from the end)`,
    ).argParser(instant),
    new Option('--until <instant>', 'end of the window, given likewise (default: now)').argParser(instant),
  ]
}

/**
 * The hours that a window touches, as uses are summed by whole hours.
 * @throws {CliError} (usage) when the window is empty
 */
export function useWindow({ since, until }: WindowOptions, nowMs: number): UseWindow {
  const endMs = until === undefined ? nowMs : Date.parse(until)
  const startMs = Date.parse(since ?? parseInstantOption(DEFAULT_SINCE, endMs))
  if (startMs >= endMs)
    throw new CliError('--since must be before --until, which is now by default.', { exitCode: 2 })
  return {
    sinceMs: Math.floor(startMs / HOUR_MS) * HOUR_MS,
    untilMs: Math.ceil(endMs / HOUR_MS) * HOUR_MS,
    isDefault: since === undefined,
    isUntilNow: until === undefined,
  }
}

/** The equally long time before a window. */
export function spanBefore({ sinceMs, untilMs }: Span): Span {
  return { sinceMs: Math.max(EARLIEST_MS, 2 * sinceMs - untilMs), untilMs: sinceMs }
}

/** The length of a window: in days, or in hours when it is shorter than two. */
export function lengthText({ sinceMs, untilMs }: Span): string {
  const lengthMs = untilMs - sinceMs
  if (lengthMs >= 2 * DAY_MS) return `${Math.round(lengthMs / DAY_MS)} days`
  const hours = lengthMs / HOUR_MS
  return hours === 1 ? '1 hour' : `${hours} hours`
}

/** ` over 30 days (default of --since)`, or nothing when the start was chosen. */
export function defaultText(window: UseWindow): string {
  return window.isDefault ? ` over ${lengthText(window)} (default of --since)` : ''
}

/** Start and end of a window. */
export function windowText({ sinceMs, untilMs, isUntilNow }: UseWindow, timeZone: string): string {
  const minute = (atMs: number) => localMinute(new Date(atMs).toISOString(), timeZone)
  return `${minute(sinceMs)} to ${isUntilNow ? 'now' : minute(untilMs)}, ${timeZone}`
}
