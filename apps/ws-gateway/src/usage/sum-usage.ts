import type { UsageHour, UsageLabel } from '@skillwatch/db'
import type { UsageGroup, UsageItem, UsageSums } from '@skillwatch/schema'
import type { Pricing } from '@skillwatch/schema/prices'
import { groupBy } from './groups.ts'
import { type Calendar, isPeriod } from './periods.ts'
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
  const fields = by.flatMap((group): Field[] => (group === 'skill' ? ['kind', 'skill_name'] : [group]))
  const items = groupBy(hours, fields, (hour, field) => fieldOf(hour, field, calendar))
    .map(({ key, items }): UsageItem => ({ ...(key as Partial<UsageItem>), ...sumOf(items, pricing) }))
    // Of what no use caused, nothing may be left.
    .filter(({ responses, calls }) => responses > 0 || calls > 0)
    .sort((a, b) => compare(a, b, fields))
  return { items, totals: sumOf(hours, pricing) }
}

type Field = Exclude<UsageGroup, 'skill'> | 'skill_name'

function fieldOf(hour: UsageHour, field: Field, calendar: Calendar): string | null {
  if (isPeriod(field)) return calendar.labelOf(hour.hour_at_ms, field)
  if (field === 'kind' || field === 'skill_name') return hour.skill?.[field] ?? null
  return hour[LABEL_OF[field]!] || null
}

function sumOf(hours: readonly UsageHour[], pricing: Pricing): UsageSums {
  const sum = new Sum()
  for (const hour of hours) sum.add(hour, pricing)
  return sum.toUsage()
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

function compare(a: UsageItem, b: UsageItem, fields: readonly Field[]): number {
  for (const field of fields) {
    const [one, other] = [a[field] ?? '', b[field] ?? '']
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}
