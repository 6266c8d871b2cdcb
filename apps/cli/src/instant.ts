import { formatInstant, parseAgeMs, parseInstant } from '@skillwatch/schema/parse-instant'
import { InvalidArgumentError } from 'commander'

const EXPECTED =
  'Expected an age such as 90d (m, h, d or w), a day such as 2026-11-22, or a date-time with offset such as ' +
  '2026-11-22T09:30:00Z.'

/**
 * Parses an age such as `90d`, a day (meaning its start in UTC), or an RFC 3339 instant.
 * @returns RFC 3339 in UTC
 * @throws {InvalidArgumentError} when it is none of these
 */
export function parseInstantOption(text: string, nowMs: number): string {
  const ageMs = parseAgeMs(text)
  const instant =
    ageMs !== undefined
      ? parseInstant(nowMs - ageMs, nowMs)
      : parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text, nowMs)
  if (typeof instant === 'number') return formatInstant(instant)
  throw new InvalidArgumentError(`${outOfRange(instant)}${EXPECTED}`)
}

/** That an instant is too early or too late; of another text `EXPECTED` says all. */
function outOfRange({ reason }: { reason: string }): string {
  return reason.startsWith('is not ') ? '' : `It ${reason}. `
}
