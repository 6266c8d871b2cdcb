import type { UsageCounts } from '@skillwatch/schema'
import type { ResponseFacts } from './facts.ts'

/** Sums over responses of one model with one source of cost. */
export interface ModelSums extends UsageCounts {
  /** Empty where it is unknown. */
  readonly model: string
  readonly cost_source: 'reported' | 'none'
}

const COUNTS = [
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
] as const satisfies readonly (keyof UsageCounts)[]

export function sumsOfResponses(responses: readonly ResponseFacts[]): ModelSums[] {
  return addModelSums(responses.map((response) => ({ ...response, model: response.model ?? '' })))
}

/** One item for each model and source of cost, in the order of these. */
export function addModelSums(all: readonly ModelSums[]): ModelSums[] {
  const sums = new Map<string, ModelSums & UsageCounts>()
  for (const each of all) {
    const { model, cost_source } = each
    const key = `${model}\0${cost_source}`
    const sum = sums.get(key) ?? { model, cost_source, ...noUsage() }
    for (const count of COUNTS) sum[count] += each[count]
    sums.set(key, sum)
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
}

export function noUsage(): UsageCounts {
  return Object.fromEntries(COUNTS.map((count) => [count, 0])) as unknown as UsageCounts
}

/** The model that wrote most. */
export function mainModel(sums: readonly ModelSums[]): string | undefined {
  return sums.toSorted((a, b) => b.output_tokens - a.output_tokens)[0]?.model || undefined
}
