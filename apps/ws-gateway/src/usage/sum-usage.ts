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

/** Sums hours by groups, in the order of the groups, ascending. A pure function. */
export function sumUsage(
  hours: readonly UsageHour[],
  by: readonly UsageGroup[],
  calendar: Calendar,
  pricing: Pricing,
): { items: UsageItem[]; totals: UsageSums } {
  const totals = new UsageSum()
  const groups = new Map<string, { key: Partial<UsageItem>; sums: UsageSum }>()
  for (const hour of hours) {
    const key = keyOf(hour, by, calendar)
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { key, sums: new UsageSum() }
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
