import type { UsageItem } from '@skillwatch/schema'
import { printable } from '../text.ts'
import type { Groups } from './groups.ts'

const FIELDS = [
  'responses',
  'input_tokens',
  'output_tokens',
  'cache_creation_tokens',
  'cache_read_tokens',
  'cost_usd',
  'cost_source',
  'unpriced_responses',
] as const

/** The groups of an answer as CSV (RFC 4180) with a header. A field without a value is empty. */
export function usageCsv(items: readonly UsageItem[], groups: Groups): string {
  const names = [...groups, ...FIELDS]
  return [names, ...items.map((item) => names.map((name) => item[name]))].map(csvLine).join('')
}

/** One record of CSV with its end of line. */
export function csvLine(values: readonly (string | number | null | undefined)[]): string {
  return `${values.map(csvField).join(',')}\r\n`
}

/** A CSV may be shown by a terminal, so names are printable here too. */
function csvField(value: string | number | null | undefined): string {
  const text = printable(String(value ?? ''))
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
