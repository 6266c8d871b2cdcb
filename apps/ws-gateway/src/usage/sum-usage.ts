import type { UsageHour, UsageLabel } from '@skillwatch/db'
import type { UsageGroup, UsageItem, UsageSums } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import type { Calendar } from './periods.ts'
import { UsageSum } from './usage-sum.ts'

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

/** Whether sums are split by the skills that caused them. */
export function isBySkill(by: readonly UsageGroup[]): boolean {
  return by.includes('skill') || by.includes('kind')
}

/** Sums hours by groups, in the order of the groups, ascending. A pure function. */
export function sumUsage(
  hours: readonly UsageHour[],
  by: readonly UsageGroup[],
  calendar: Calendar,
  pricing: Pricing,
): { items: UsageItem[]; totals: UsageSums } {
  const totals = new Sum()
  const groups = new Map<string, { key: Partial<UsageItem>; sums: Sum }>()
  for (const hour of hours) {
    const key = keyOf(hour, by, calendar)
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { key, sums: new Sum() }
    groups.set(text, group)
    group.sums.add(hour, pricing)
    totals.add(hour, pricing)
  }
  const items = [...groups.values()]
    .map(({ key, sums }) => ({ ...key, ...sums.toUsage() }))
    // Of what no use caused, nothing may be left.
    .filter(({ responses, calls }) => responses > 0 || calls > 0)
  return { items: items.sort((a, b) => compare(a, b, by)), totals: totals.toUsage() }
}

function keyOf(hour: UsageHour, by: readonly UsageGroup[], calendar: Calendar): Partial<UsageItem> {
  const key: Partial<UsageItem> = {}
  for (const group of by) {
    if (group === 'day') key.day = calendar.dayOf(hour.hour_at_ms)
    else if (group === 'week') key.week = calendar.weekOf(hour.hour_at_ms)
    else if (group === 'month') key.month = calendar.monthOf(hour.hour_at_ms)
    else if (group === 'session') key.session = hour.session_id!
    else if (group === 'kind') key.kind = hour.skill?.kind ?? null
    else if (group === 'skill')
      Object.assign(key, { kind: hour.skill?.kind ?? null, skill_name: hour.skill?.skill_name ?? null })
    else key[group as 'model'] = hour[LABEL_OF[group]!] || null
  }
  return key
}

/** A sum of calls, tokens and money. */
class Sum {
  readonly #usage = new UsageSum()
  #calls = 0
  #failedCalls = 0

  add(hour: UsageHour, pricing: Pricing): void {
    this.#usage.add(hour, pricing)
    this.#calls += hour.calls
    this.#failedCalls += hour.failed_calls
  }

  toUsage(): UsageSums {
    return { calls: this.#calls, failed_calls: this.#failedCalls, ...this.#usage.toUsage() }
  }
}

function compare(a: UsageItem, b: UsageItem, by: readonly UsageGroup[]): number {
  for (const name of by.flatMap((group) =>
    group === 'skill' ? (['kind', 'skill_name'] as const) : group,
  )) {
    const [one, other] = [a[name] ?? '', b[name] ?? '']
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}
