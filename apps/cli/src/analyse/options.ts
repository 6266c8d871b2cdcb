import type { Kind } from '@skillwatch/schema'
import { parseAgeMs } from '@skillwatch/schema/parse-instant'
import { InvalidArgumentError } from 'commander'
import { CliError } from '../errors.ts'
import { parseInstantOption } from '../instant.ts'

/** The options of `skillwatch analyse`, as its command line sets them. */
export interface AnalyseOptions {
  readonly from?: string
  readonly to?: string
  /** In milliseconds. */
  readonly every: number
  readonly kind?: readonly Kind[]
  readonly skill?: string
  readonly timeZone?: string
  readonly json?: boolean
  readonly csv?: boolean
  /** Compute what is usual over all persons, instead of anomalies. */
  readonly baselines?: boolean
  readonly databaseUrl: string
  /** Of ingest, for what is stored. */
  readonly url: string
}

/** The runs of a schedule: the instants of the first and of the last one, and the time between two. */
export interface Schedule {
  readonly fromMs: number
  readonly toMs: number
  readonly everyMs: number
}

export const HOUR_MS = 3_600_000
/** A run tests so many hours before it: of runs that lie further apart, hours would not be tested. */
const EVERY_HOURS_MAX = 8
export const DEFAULT_FROM = '7d'
const DAYS_MAX = 92

/** @throws {InvalidArgumentError} unless the text is a number of hours that a run can test */
export function parseEvery(text: string): number {
  const everyMs = parseAgeMs(text) ?? Number.NaN
  const hours = everyMs / HOUR_MS
  if (Number.isInteger(hours) && hours >= 1 && hours <= EVERY_HOURS_MAX) return everyMs
  throw new InvalidArgumentError(
    `Expected whole hours from 1h to ${EVERY_HOURS_MAX}h, as a run tests the ${EVERY_HOURS_MAX} hours ` +
      'before it.',
  )
}

/**
 * The runs that a command line names. They are at full hours, as only whole hours are tested.
 * @throws {CliError} (usage) when the window is empty, too long, or not over
 */
export function toSchedule(
  { from, to, every }: Pick<AnalyseOptions, 'from' | 'to' | 'every'>,
  nowMs: number,
): Schedule {
  const endMs = to === undefined ? nowMs : Date.parse(to)
  const startMs = Date.parse(from ?? parseInstantOption(DEFAULT_FROM, endMs))
  if (endMs > nowMs) throw usage('--to must not be later than now.')
  if (startMs >= endMs) throw usage('--from must be before --to, which is now by default.')
  if (endMs - startMs > DAYS_MAX * 24 * HOUR_MS)
    throw usage(`--from must be at most ${DAYS_MAX} days before --to.`)
  const fromMs = Math.floor(startMs / HOUR_MS) * HOUR_MS
  return { fromMs, toMs: fromMs + Math.floor((endMs - fromMs) / every) * every, everyMs: every }
}

export function runCount({ fromMs, toMs, everyMs }: Schedule): number {
  return (toMs - fromMs) / everyMs + 1
}

export function usage(message: string): CliError {
  return new CliError(message, { exitCode: 2 })
}
