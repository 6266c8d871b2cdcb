import type { UseCounter, UseHour, UseLabel } from '@skillwatch/db'
import type { UseGroup, UseSummary } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import { groupBy } from './groups.ts'
import { type Calendar, isPeriod } from './periods.ts'
import { type PricedTokens, type TokenSums, UsageSum } from './usage-sum.ts'

const LABELS_OF: Record<UseGroup, readonly UseLabel[]> = {
  skill: ['kind', 'skill_name'],
  kind: ['kind'],
  repository: ['repository'],
  branch: ['branch'],
  agent: ['agent_name'],
  model: [],
  day: [],
  week: [],
  month: [],
}

export function labelsOfGroups(by: readonly UseGroup[]): UseLabel[] {
  return [...new Set(by.flatMap((group) => LABELS_OF[group]))]
}

const WORK = ['calls', 'failed_calls', 'rejected_calls', 'retried_calls', 'work_ms'] as const
const OWN = [
  ...WORK,
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
] as const

/** What is read of each hour. */
export const COUNTERS = [
  'use_count',
  'interrupted_count',
  'used_again_count',
  ...OWN,
  ...OWN.map((count) => `${count}_with_nested` as const),
] as const satisfies UseCounter[]
type SummedHour = UseHour<(typeof COUNTERS)[number]>

/** Sums hours of uses by groups, in the order of the groups, ascending. A pure function. */
export function sumUses(
  hours: readonly SummedHour[],
  by: readonly UseGroup[],
  calendar: Calendar,
  pricing: Pricing,
): UseSummary[] {
  return groupsOf(hours, by, calendar).map(({ key, items }) => ({ ...key, ...sumOf(items, pricing) }))
}

/** Counts uses by groups, in the order of the groups, ascending. A pure function. */
export function countUses(
  hours: readonly UseHour<'use_count'>[],
  by: readonly UseGroup[],
  calendar: Calendar,
): UseCount[] {
  return groupsOf(hours, by, calendar).map(({ key, text, items }) => ({
    key,
    text,
    uses: items.reduce((sum, { use_count }) => sum + use_count, 0),
  }))
}

/** The uses of one group. */
export interface UseCount {
  readonly key: GroupKey
  /** The key as a text. */
  readonly text: string
  readonly uses: number
}

type Field = Exclude<UseGroup, 'skill'> | 'skill_name'
type GroupKey = Partial<Pick<UseSummary, Field>>

/** The text of a group's key. */
export function textOf(group: GroupKey, by: readonly UseGroup[]): string {
  return JSON.stringify(Object.fromEntries(fieldsOf(by).map((field) => [field, group[field]])))
}

function fieldsOf(by: readonly UseGroup[]): Field[] {
  return by.flatMap((group): Field[] => (group === 'skill' ? ['kind', 'skill_name'] : [group]))
}

function groupsOf<Hour extends UseHour<never>>(
  hours: readonly Hour[],
  by: readonly UseGroup[],
  calendar: Calendar,
): { key: GroupKey; text: string; items: readonly Hour[] }[] {
  return groupBy(hours, fieldsOf(by), (hour, field) => fieldOf(hour, field, calendar))
    .map(({ key, items }) => ({ key: key as GroupKey, text: textOf(key as GroupKey, by), items }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
}

function fieldOf(hour: UseHour<never>, field: Field, calendar: Calendar): string | null {
  if (isPeriod(field)) return calendar.labelOf(hour.hour_at_ms, field)
  return hour[field === 'agent' ? 'agent_name' : field] || null
}

function sumOf(hours: readonly SummedHour[], pricing: Pricing): UseSummary {
  const sum = new UseSum()
  for (const hour of hours) sum.add(hour, pricing)
  return sum.toSummary()
}

class UseSum {
  readonly #counts = { uses: 0, interrupted_uses: 0, used_again: 0 }
  readonly #own = new WorkSum()
  readonly #withNested = new WorkSum()

  add(hour: SummedHour, pricing: Pricing): void {
    this.#counts.uses += hour.use_count
    this.#counts.interrupted_uses += hour.interrupted_count
    this.#counts.used_again += hour.used_again_count
    this.#own.add(hour, pricing)
    this.#withNested.add(nestedWork(hour), pricing)
  }

  toSummary(): UseSummary {
    const [ownWork, ownUsage] = this.#own.toSums()
    const [work, usage] = this.#withNested.toSums()
    return {
      ...this.#counts,
      ...ownWork,
      ...ownUsage,
      calls_with_nested: work.calls,
      failed_calls_with_nested: work.failed_calls,
      rejected_calls_with_nested: work.rejected_calls,
      retried_calls_with_nested: work.retried_calls,
      work_ms_with_nested: work.work_ms,
      ...usageWithNested(usage),
    }
  }
}

type Work = Pick<SummedHour, (typeof WORK)[number]>

/** A sum of calls, time, tokens and money. */
class WorkSum {
  readonly #work: Record<keyof Work, number> = {
    calls: 0,
    failed_calls: 0,
    rejected_calls: 0,
    retried_calls: 0,
    work_ms: 0,
  }
  readonly #usage = new UsageSum()

  add(hour: Work & PricedTokens, pricing: Pricing): void {
    for (const count of WORK) this.#work[count] += hour[count]
    this.#usage.add(hour, pricing)
  }

  toSums(): [Work, TokenSums] {
    return [this.#work, this.#usage.toUsage()]
  }
}

function nestedWork(hour: SummedHour): Work & PricedTokens {
  return {
    model: hour.model,
    cost_source: hour.cost_source,
    hour_at_ms: hour.hour_at_ms,
    calls: hour.calls_with_nested,
    failed_calls: hour.failed_calls_with_nested,
    rejected_calls: hour.rejected_calls_with_nested,
    retried_calls: hour.retried_calls_with_nested,
    work_ms: hour.work_ms_with_nested,
    request_count: hour.request_count_with_nested,
    input_tokens: hour.input_tokens_with_nested,
    output_tokens: hour.output_tokens_with_nested,
    cache_read_tokens: hour.cache_read_tokens_with_nested,
    cache_creation_tokens: hour.cache_creation_tokens_with_nested,
    cost_micro_usd: hour.cost_micro_usd_with_nested,
  }
}

/** The same sums under the names of those that include nested uses. */
export function usageWithNested(usage: TokenSums) {
  return {
    responses_with_nested: usage.responses,
    input_tokens_with_nested: usage.input_tokens,
    output_tokens_with_nested: usage.output_tokens,
    cache_read_tokens_with_nested: usage.cache_read_tokens,
    cache_creation_tokens_with_nested: usage.cache_creation_tokens,
    cost_usd_with_nested: usage.cost_usd,
    cost_source_with_nested: usage.cost_source,
    unpriced_responses_with_nested: usage.unpriced_responses,
  }
}
