import { CliError } from '../errors.ts'
import { parseInstantOption } from '../instant.ts'

/** What is computed and stored is of so long before the end by default. */
export const DEFAULT_SINCE = '90d'

export interface WindowOptions {
  readonly since?: string
  readonly until?: string
}

export interface Window {
  readonly sinceMs: number
  readonly untilMs: number
}

/** @throws {CliError} (usage) when the window is empty, or not over */
export function toWindow({ since, until }: WindowOptions, nowMs: number): Window {
  const untilMs = until === undefined ? nowMs : Date.parse(until)
  const sinceMs = Date.parse(since ?? parseInstantOption(DEFAULT_SINCE, untilMs))
  if (untilMs > nowMs) throw new CliError('--until must not be later than now.', { exitCode: 2 })
  if (sinceMs >= untilMs)
    throw new CliError('--since must be before --until, which is now by default.', { exitCode: 2 })
  return { sinceMs, untilMs }
}
