import { formatInstant, parseAgeMs, parseInstant } from '@skillwatch/schema/parse-instant'
import { InvalidArgumentError } from 'commander'

const LATEST_MS = Date.UTC(9998, 11, 31)

/**
 * When a call begins: a time from now on such as `3h`, or an RFC 3339 instant.
 * @throws {InvalidArgumentError} when it is neither
 */
export function parseAt(text: string, nowMs: number): string {
  const aheadMs = parseAgeMs(text)
  const ms = aheadMs !== undefined ? nowMs + aheadMs : parseInstant(text, LATEST_MS)
  if (typeof ms === 'number') return formatInstant(ms)
  throw new InvalidArgumentError(
    'Expected a time from now on such as 3h (m, h, d or w), or a date-time with offset such as ' +
      '2026-12-01T09:30:00Z.',
  )
}
