import { printable } from './text.ts'

/** One record of CSV with its end of line. */
export function csvLine(values: readonly (string | number | null | undefined)[]): string {
  return `${values.map(csvField).join(',')}\r\n`
}

/** A CSV may be shown by a terminal, so names are printable here too. */
function csvField(value: string | number | null | undefined): string {
  const text = printable(String(value ?? ''))
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
