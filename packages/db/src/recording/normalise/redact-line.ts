import { redactNamed, redactShapes, redactText } from './redact.ts'

const ID_NAME = /(?:^|_)id$/

/**
 * A line that cannot be recorded, without the secrets in it (R10). In JSON the values keep their types, and
 * ids change only where they have the shape of a secret, so that the line can be corrected and imported.
 */
export function redactLine(line: string): string {
  try {
    return JSON.stringify(redactValue('', JSON.parse(line)))
  } catch {
    return redactText(line)
  }
}

function redactValue(name: string, value: unknown): unknown {
  if (typeof value === 'string') return ID_NAME.test(name) ? redactShapes(value) : redactNamed(name, value)
  if (Array.isArray(value)) return value.map((item) => redactValue(name, item))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [redactShapes(key), redactValue(key, item)])
  return Object.fromEntries(entries)
}
