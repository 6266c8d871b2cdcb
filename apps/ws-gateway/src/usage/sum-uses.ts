import type { UseHour, UseLabel } from '@skillwatch/db'
import type { UseGroup, UseSummary } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import type { Calendar } from './periods.ts'
import { UsageSum } from './usage-sum.ts'

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
const PERIODS: ReadonlySet<UseGroup> = new Set(['day', 'week', 'month'])

export function labelsOfGroups(by: readonly UseGroup[]): UseLabel[] {
  return [...new Set(by.flatMap((group) => LABELS_OF[group]))]
}

export function hasPeriod(by: readonly UseGroup[]): boolean {
  return by.some((group) => PERIODS.has(group))
}

/** Sums hours of uses by groups, in the order of the groups, ascending. A pure function. */
export function sumUses(
  hours: readonly UseHour[],
  by: readonly UseGroup[],
  calendar: Calendar,
  pricing: Pricing,
): UseSummary[] {
  const groups = new Map<string, { key: Partial<UseSummary>; sum: UseSum }>()
  for (const hour of hours) {
    const key = keyOf(hour, by, calendar)
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { key, sum: new UseSum() }
    groups.set(text, group)
    group.sum.add(hour, pricing)
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, sum }]) => ({ ...key, ...sum.toSummary() }))
}

function keyOf(hour: UseHour, by: readonly UseGroup[], calendar: Calendar): Partial<UseSummary> {
  const key: Partial<UseSummary> = {}
  for (const group of by) {
    if (group === 'skill') Object.assign(key, { kind: hour.kind!, skill_name: hour.skill_name! })
    else if (group === 'kind') key.kind = hour.kind!
    else if (group === 'day') key.day = calendar.dayOf(hour.hour_at_ms)
    else if (group === 'week') key.week = calendar.weekOf(hour.hour_at_ms)
    else if (group === 'month') key.month = calendar.monthOf(hour.hour_at_ms)
    else if (group === 'model') key.model = hour.model || null
    else key[group] = hour[group === 'agent' ? 'agent_name' : group] || null
  }
  return key
}

const COUNTS = ['calls', 'failed_calls', 'rejected_calls', 'retried_calls', 'work_ms'] as const
const TOKENS = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens'] as const

class UseSum {
  readonly #counts = { uses: 0, interrupted_uses: 0, used_again: 0 }
  readonly #work = zeros(COUNTS)
  readonly #workWithNested = zeros(COUNTS)
  readonly #usage = new UsageSum()
  readonly #usageWithNested = new UsageSum()

  add(hour: UseHour, pricing: Pricing): void {
    this.#counts.uses += hour.use_count
    this.#counts.interrupted_uses += hour.interrupted_count
    this.#counts.used_again += hour.used_again_count
    for (const count of COUNTS) {
      this.#work[count] += hour[count]
      this.#workWithNested[count] += hour[`${count}_with_nested`]
    }
    this.#usage.add(hour, pricing)
    this.#usageWithNested.add(nestedTokens(hour), pricing)
  }

  toSummary(): UseSummary {
    return {
      ...this.#counts,
      ...this.#work,
      ...this.#usage.toUsage(),
      ...suffixed({ ...this.#workWithNested, ...this.#usageWithNested.toUsage() }),
    }
  }
}

function nestedTokens(hour: UseHour) {
  const { model, cost_source, hour_at_ms, request_count_with_nested, cost_micro_usd_with_nested } = hour
  const tokens = Object.fromEntries(TOKENS.map((name) => [name, hour[`${name}_with_nested`]]))
  return {
    model,
    cost_source,
    hour_at_ms,
    request_count: request_count_with_nested,
    cost_micro_usd: cost_micro_usd_with_nested,
    ...(tokens as Record<(typeof TOKENS)[number], number>),
  }
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
}

type WithNested<Sums> = { [Name in keyof Sums & string as `${Name}_with_nested`]: Sums[Name] }

/** The same sums under names with the suffix `_with_nested`. */
export function suffixed<Sums extends object>(sums: Sums): WithNested<Sums> {
  const entries = Object.entries(sums).map(([name, value]) => [`${name}_with_nested`, value])
  return Object.fromEntries(entries) as WithNested<Sums>
}
