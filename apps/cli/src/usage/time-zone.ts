import { InvalidArgumentError } from 'commander'

/** @throws {InvalidArgumentError} unless the text is the IANA name of a time zone */
export function parseTimeZone(text: string): string {
  if (isTimeZone(text)) return text
  throw new InvalidArgumentError('Expected the IANA name of a time zone, such as Europe/Berlin or UTC.')
}

/** The time zone of the machine; UTC when it has none with a name. */
export function machineTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return isTimeZone(timeZone) ? timeZone : 'UTC'
}

/** Day and minute of an instant in a time zone. */
export function localMinute(instant: string, timeZone: string): string {
  // Swedish writes them as ISO 8601 does: 2026-11-22 12:00.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return format.format(new Date(instant))
}

function isTimeZone(name: string): boolean {
  // Intl also accepts offsets such as +02:00, which are not names.
  if (!/^[a-z]/i.test(name)) return false
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}
