import type { Turn, UsageSums, Use, UseSummary } from '@skillwatch/schema'
import { sumOf } from '../usage/rows.ts'

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

/** What uses or a turn caused: calls, time, tokens and money. */
export type Work = UsageSums & Record<(typeof COUNTS)[number], number>

/** What uses caused, with the uses that are nested in them. */
export function withNested(uses: Use | UseSummary): Work {
  return Object.fromEntries(WORK_FIELDS.map((field) => [field, uses[`${field}_with_nested`]])) as Work
}

/** What a turn caused; its time is that from its begin to its last activity. */
export function workOfTurn(turn: Turn): Work {
  return { ...turn, work_ms: Date.parse(turn.last_active_at) - Date.parse(turn.began_at) }
}

/** The sums of works that have nothing in common. */
export function sumOfWork(works: readonly Work[]): Work {
  const counts = Object.fromEntries(
    COUNTS.map((count) => [count, works.reduce((sum, work) => sum + work[count], 0)]),
  ) as Record<(typeof COUNTS)[number], number>
  return { ...sumOf(works), ...counts }
}
