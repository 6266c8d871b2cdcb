import type { CostSource, UsageReply, UsageSums } from '@skillwatch/schema'
import { printable } from '../text.ts'
import type { Groups } from './groups.ts'

/** One row of the table; its name is printable. */
export interface UsageRow {
  readonly name: string
  readonly sums: UsageSums
}

const NOTHING: UsageSums = {
  calls: 0,
  failed_calls: 0,
  responses: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_creation_tokens: 0,
  cost_usd: null,
  cost_source: 'none',
  unpriced_responses: 0,
}

/** For each period its sums and beneath them those of its groups; the totals in the last row. */
export function usageRows(
  { items, totals }: Pick<UsageReply, 'items' | 'totals'>,
  [period, breakdown]: Groups,
): UsageRow[] {
  // Calls alone used no tokens.
  const answered = items.filter(({ responses }) => responses > 0)
  const periods = [...Map.groupBy(answered, (item) => item[period])]
  const rows = periods.flatMap(([name, parts]) => [
    { name: nameOf(name), sums: sumOf(parts) },
    ...parts.map((part) => ({ name: `  - ${nameOf(part[breakdown])}`, sums: part })),
  ])
  return [...rows, { name: 'TOTAL', sums: totals }]
}

/** The sums of disjoint groups together. */
export function sumOf(parts: readonly UsageSums[]): UsageSums {
  return parts.reduce(plus, NOTHING)
}

function plus(a: UsageSums, b: UsageSums): UsageSums {
  return {
    calls: a.calls + b.calls,
    failed_calls: a.failed_calls + b.failed_calls,
    responses: a.responses + b.responses,
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cache_read_tokens: a.cache_read_tokens + b.cache_read_tokens,
    cache_creation_tokens: a.cache_creation_tokens + b.cache_creation_tokens,
    cost_usd: a.cost_usd === null ? b.cost_usd : a.cost_usd + (b.cost_usd ?? 0),
    cost_source: sourceOfBoth(a.cost_source, b.cost_source),
    unpriced_responses: a.unpriced_responses + b.unpriced_responses,
  }
}

function sourceOfBoth(a: CostSource, b: CostSource): CostSource {
  if (a === b || b === 'none') return a
  return a === 'none' ? b : 'mixed'
}

function nameOf(value: string | null | undefined): string {
  return printable(value ?? 'unknown')
}
