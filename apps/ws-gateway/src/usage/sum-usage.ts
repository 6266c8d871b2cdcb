import type { UsageHour, UsageLabel } from '@skillwatch/db'
import type { UsageGroup, UsageItem, UsageSums } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import type { Calendar } from './periods.ts'

/** The label of the roll-up that a group is by; the others are periods. */
const LABEL_OF: Partial<Record<UsageGroup, UsageLabel>> = {
  model: 'model',
  repository: 'repository',
  branch: 'branch',
  agent: 'agent_name',
  session: 'session_id',
}

export function labelsOf(by: readonly UsageGroup[]): UsageLabel[] {
  return by.flatMap((group) => LABEL_OF[group] ?? [])
}

/** Sums hours by groups, in the order of the groups, ascending. A pure function. */
export function sumUsage(
  hours: readonly UsageHour[],
  by: readonly UsageGroup[],
  calendar: Calendar,
  pricing: Pricing,
): { items: UsageItem[]; totals: UsageSums } {
  const totals = new Sums()
  const groups = new Map<string, { key: Partial<UsageItem>; sums: Sums }>()
  for (const hour of hours) {
    const key = keyOf(hour, by, calendar)
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { key, sums: new Sums() }
    groups.set(text, group)
    group.sums.add(hour, pricing)
    totals.add(hour, pricing)
  }
  const items = [...groups.values()].map(({ key, sums }) => ({ ...key, ...sums.toUsage() }))
  return { items: items.sort((a, b) => compare(a, b, by)), totals: totals.toUsage() }
}

function keyOf(hour: UsageHour, by: readonly UsageGroup[], calendar: Calendar): Partial<UsageItem> {
  const key: Partial<UsageItem> = {}
  for (const group of by) {
    if (group === 'day') key.day = calendar.dayOf(hour.hour_at_ms)
    else if (group === 'week') key.week = calendar.weekOf(hour.hour_at_ms)
    else if (group === 'month') key.month = calendar.monthOf(hour.hour_at_ms)
    else if (group === 'session') key.session = hour.session_id!
    else key[group] = hour[LABEL_OF[group]!] || null
  }
  return key
}

function compare(a: UsageItem, b: UsageItem, by: readonly UsageGroup[]): number {
  for (const group of by) {
    const [one, other] = [a[group] ?? '', b[group] ?? '']
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}

const MICRO_USD_PER_USD = 1_000_000
const NANO_USD_PER_MICRO_USD = 1_000

class Sums {
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

  add(hour: UsageHour, pricing: Pricing): void {
    this.#sums.responses += hour.request_count
    this.#sums.input_tokens += hour.input_tokens
    this.#sums.output_tokens += hour.output_tokens
    this.#sums.cache_read_tokens += hour.cache_read_tokens
    this.#sums.cache_creation_tokens += hour.cache_creation_tokens
    if (hour.cost_source === 'reported') {
      this.#reported += hour.request_count
      this.#nanoUsd += hour.cost_micro_usd * NANO_USD_PER_MICRO_USD
      return
    }
    const nanoUsd = pricing.costNanoUsdOf(hour.model, hour.hour_at_ms, hour)
    if (nanoUsd === undefined) this.#unpriced += hour.request_count
    else {
      this.#estimated += hour.request_count
      this.#nanoUsd += nanoUsd
    }
  }

  toUsage(): UsageSums {
    const isKnown = this.#reported + this.#estimated > 0
    return {
      ...this.#sums,
      cost_usd: isKnown ? this.#nanoUsd / (MICRO_USD_PER_USD * NANO_USD_PER_MICRO_USD) : null,
      cost_source: this.#source(),
      unpriced_responses: this.#unpriced,
    }
  }

  #source(): UsageSums['cost_source'] {
    if (this.#reported > 0) return this.#estimated > 0 ? 'mixed' : 'reported'
    return this.#estimated > 0 ? 'estimated' : 'none'
  }
}
