import { formatInstant, parseInstant } from '@skillwatch/schema'
import { InvalidArgumentError } from 'commander'

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const
const AGE = /^(\d{1,6})([mhdw])$/

/**
 * Parses an age such as `90d`, a day (meaning its start in UTC), or an RFC 3339 instant.
 * @returns RFC 3339 in UTC
 * @throws {InvalidArgumentError} when it is none of these
 */
export function parseInstantOption(text: string, nowMs: number): string {
  const [, count, unit] = AGE.exec(text) ?? []
  const instant = unit
    ? parseInstant(nowMs - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS], nowMs)
    : parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text, nowMs)
  if (typeof instant === 'number') return formatInstant(instant)
  throw new InvalidArgumentError(
    `It ${instant.reason}. Expected an age such as 90d (m, h, d or w), a day, or a date-time with offset.`,
  )
}
