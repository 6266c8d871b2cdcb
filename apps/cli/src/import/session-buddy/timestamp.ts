const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(?:([Zz])|([+-]\d{2}):?(\d{2}))?$/

/** An instant in the form that observations accept. */
export interface Timestamp {
  readonly text: string
  /** Whether the text has no zone, so that UTC was assumed. */
  readonly isNaive: boolean
}

/**
 * Reads both forms that session-buddy writes: ISO 8601 with or without zone, and SQLite's `YYYY-MM-DD
 * HH:MM:SS`. A text without zone is UTC, as in session-buddy's own queries (`datetime()`). These also accept
 * dates and whole minutes.
 * @returns undefined for any other text. Whether the day exists is checked with the observation.
 */
export function readTimestamp(value: string): Timestamp | undefined {
  const match = TIMESTAMP.exec(value.trim())
  if (match === null) return undefined
  const [, day, minutes = '00:00', seconds = '00', fraction = '0', zulu, hours, zoneMinutes] = match
  const zone = zulu !== undefined ? 'Z' : hours !== undefined ? `${hours}:${zoneMinutes}` : undefined
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
  return { text: `${day}T${minutes}:${seconds}.${milliseconds}${zone ?? 'Z'}`, isNaive: zone === undefined }
}
