import type { UsageSums, UseSummary } from '@skillwatch/schema'
import type { Spent } from './report.ts'

export function spentOf(sums: Omit<UsageSums, 'calls' | 'failed_calls'>): Spent {
  const { responses, cost_usd, cost_source, unpriced_responses } = sums
  const tokens = sums.input_tokens + sums.output_tokens + sums.cache_read_tokens + sums.cache_creation_tokens
  return { responses, tokens, cost_usd, cost_source, unpriced_responses }
}

/** What uses spent, those included that are nested in them. */
export function spentWithNested(sums: UseSummary): Spent {
  return spentOf({
    responses: sums.responses_with_nested,
    input_tokens: sums.input_tokens_with_nested,
    output_tokens: sums.output_tokens_with_nested,
    cache_read_tokens: sums.cache_read_tokens_with_nested,
    cache_creation_tokens: sums.cache_creation_tokens_with_nested,
    cost_usd: sums.cost_usd_with_nested,
    cost_source: sums.cost_source_with_nested,
    unpriced_responses: sums.unpriced_responses_with_nested,
  })
}
