import type { UsageItem } from '@skillwatch/schema'
import { csvLine } from '../csv.ts'
import type { Groups } from './groups.ts'

/** The sums of an answer, in the order of the table. */
export const USAGE_FIELDS = [
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
  const names = [...groups, ...USAGE_FIELDS]
  return [names, ...items.map((item) => names.map((name) => item[name]))].map(csvLine).join('')
}
