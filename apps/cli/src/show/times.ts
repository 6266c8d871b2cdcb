const formats = new Map<string, Intl.DateTimeFormat>()

/** Day and time of an instant in a time zone: `2026-11-22 09:30:00`. */
export function zonedTime(instant: string, timeZone: string): string {
  // Swedish writes them as ISO 8601 does. A format is kept, as making one takes longer than using it.
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  formats.set(timeZone, format)
  return format.format(new Date(instant))
}
