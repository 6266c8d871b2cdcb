import type { UsageSums, Use, UseSummary } from '@skillwatch/schema'

const COUNTS = ['calls', 'failed_calls', 'rejected_calls', 'retried_calls', 'work_ms'] as const
const USAGE = [
  'responses',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_usd',
  'cost_source',
  'unpriced_responses',
] as const satisfies readonly (keyof UsageSums)[]

/** The fields of what uses caused, as the wire names them. */
export const WORK_FIELDS = [...COUNTS, ...USAGE] as const

/** What uses caused: calls, time, tokens and money. */
export type Work = UsageSums & Record<(typeof COUNTS)[number], number>

/** What uses caused, with the uses that are nested in them. */
export function withNested(uses: Use | UseSummary): Work {
  return Object.fromEntries(WORK_FIELDS.map((field) => [field, uses[`${field}_with_nested`]])) as Work
}
