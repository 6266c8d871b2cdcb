import type { UsageSums } from '@skillwatch/schema'

/** Tokens of all four sorts. */
export function totalTokens(sums: UsageSums): number {
  return sums.input_tokens + sums.output_tokens + sums.cache_creation_tokens + sums.cache_read_tokens
}
