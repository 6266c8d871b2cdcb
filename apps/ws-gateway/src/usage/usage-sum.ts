import type { UsageCounts, UsageSums } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'

const MICRO_USD_PER_USD = 1_000_000
const NANO_USD_PER_MICRO_USD = 1_000

/** Tokens of some responses of one model, with what they cost as far as that was reported. */
export type PricedTokens = UsageCounts & {
  readonly model: string
  readonly cost_source: 'reported' | 'none'
  /** An hour of them, in epoch milliseconds, by which their price is chosen. */
  readonly hour_at_ms: number
}

export type TokenSums = Omit<UsageSums, 'calls' | 'failed_calls'>

/** A sum of tokens and money. */
export class UsageSum {
  readonly #sums = {
    responses: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_creation_tokens: 0,
  }
  #nanoUsd = 0
  #reported = 0
  #estimated = 0
  #unpriced = 0

  add(tokens: PricedTokens, pricing: Pricing): void {
    this.#sums.responses += tokens.request_count
    this.#sums.input_tokens += tokens.input_tokens
    this.#sums.output_tokens += tokens.output_tokens
    this.#sums.cache_read_tokens += tokens.cache_read_tokens
    this.#sums.cache_creation_tokens += tokens.cache_creation_tokens
    if (tokens.cost_source === 'reported') {
      this.#reported += tokens.request_count
      this.#nanoUsd += tokens.cost_micro_usd * NANO_USD_PER_MICRO_USD
      return
    }
    const nanoUsd = pricing.costNanoUsdOf(tokens.model, tokens.hour_at_ms, tokens)
    if (nanoUsd === undefined) this.#unpriced += tokens.request_count
    else {
      this.#estimated += tokens.request_count
      this.#nanoUsd += nanoUsd
    }
  }

  toUsage(): TokenSums {
    const isKnown = this.#reported + this.#estimated > 0
    return {
      ...this.#sums,
      cost_usd: isKnown ? this.#nanoUsd / (MICRO_USD_PER_USD * NANO_USD_PER_MICRO_USD) : null,
      cost_source: this.#source(),
      unpriced_responses: this.#unpriced,
    }
  }

  #source(): TokenSums['cost_source'] {
    if (this.#reported > 0) return this.#estimated > 0 ? 'mixed' : 'reported'
    return this.#estimated > 0 ? 'estimated' : 'none'
  }
}
