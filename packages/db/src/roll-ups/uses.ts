import type { SkillUseSeriesTable } from '@skillwatch/schema'
import { DAY_MS, floorTo, HOUR_MS } from '../time.ts'
import type { DerivedUse } from '../turns/derived.ts'
import { CALL_COUNTS, labelsOf, USAGE_COUNTS, type WorkLabels, type WorkSums } from '../turns/work-sums.ts'
import type { Key, RollUp } from './roll-up.ts'

const COUNTS = [...CALL_COUNTS, ...USAGE_COUNTS]

/** The counters of the roll-up, in the order of its table. */
export const USE_COUNTERS = [
  'part_count',
  'use_count',
  'interrupted_count',
  'used_again_count',
  ...COUNTS,
  'work_ms',
  ...COUNTS.map((count) => `${count}_with_nested` as const),
  'work_ms_with_nested',
] as const

type Counter = (typeof USE_COUNTERS)[number]

/** What a use adds to the row of one hour and labels. */
export type UsePart = Omit<SkillUseSeriesTable, 'project_id'>

/** The columns of a use that the roll-up counts. */
export type CountedUse = Pick<
  DerivedUse,
  | 'kind'
  | 'skill_name'
  | 'began_at_ms'
  | 'agent_name'
  | 'model'
  | 'repository'
  | 'branch'
  | 'interrupted'
  | 'used_again'
  | 'is_outermost'
  | 'work_ms'
  | 'work_ms_with_nested'
  | 'work'
  | 'work_with_nested'
>

const LABELS = ['hour_at_ms', 'agent_name', 'model', 'repository', 'branch', 'cost_source'] as const

/** Lengths of the periods of `skill_use_period` in days. Each is a multiple of the one before. */
export const USE_PERIOD_DAYS = [1, 8, 32] as const

const perPart = {
  source: 'skill_use',
  isKeyedByProject: true,
  reads: ['kind', 'skill_name', ...LABELS, ...USE_COUNTERS],
  counters: USE_COUNTERS,
  extremes: [],
  extremesOf: () => [],
  valuesOf: (part) => USE_COUNTERS.map((counter) => part[counter]),
} as const satisfies Partial<RollUp<UsePart>>

const SKILL_LABELS = ['kind', 'skill_name', 'agent_name', 'model', 'cost_source'] as const
const PLACE_LABELS = ['kind', 'agent_name', 'model', 'repository', 'branch', 'cost_source'] as const

/** Roll-ups of uses. */
export const USE_ROLL_UPS: readonly RollUp<UsePart>[] = [
  {
    ...perPart,
    table: 'skill_use_series',
    key: ['kind', 'skill_name', ...LABELS],
    keysOf: (part) => [[part.kind, part.skill_name, ...valuesOf(part, LABELS)]],
  },
  {
    ...perPart,
    table: 'skill_use_period',
    key: ['period_days', 'period_at_ms', ...SKILL_LABELS],
    keysOf: (part) =>
      USE_PERIOD_DAYS.map((days) => [
        days,
        floorTo(part.hour_at_ms, days * DAY_MS),
        ...valuesOf(part, SKILL_LABELS),
      ]),
  },
  {
    ...perPart,
    table: 'place_use_day',
    key: ['day_at_ms', ...PLACE_LABELS],
    keysOf: (part) => [[floorTo(part.hour_at_ms, DAY_MS), ...valuesOf(part, PLACE_LABELS)]],
  },
]

function valuesOf(part: UsePart, labels: readonly (keyof UsePart)[]): Key {
  return labels.map((label) => part[label])
}

/** A use by hour and labels. */
export function partsOf(use: CountedUse): UsePart[] {
  const parts = new Map<string, UsePart>()
  const partOf = (labels: WorkLabels) => {
    const key = LABELS.map((label) => labels[label]).join('\0')
    const known = parts.get(key) ?? emptyPart(use, labels)
    parts.set(key, known)
    return known
  }
  addUse(partOf(labelsOfUse(use)), use)
  for (const work of JSON.parse(use.work) as WorkSums[]) {
    for (const count of COUNTS) partOf(work)[count] += work[count]
  }
  if (use.is_outermost) {
    for (const work of JSON.parse(use.work_with_nested) as WorkSums[])
      for (const count of COUNTS) partOf(work)[`${count}_with_nested`] += work[count]
  }
  return [...parts.values()]
}

function labelsOfUse({ began_at_ms, agent_name, model, repository, branch }: CountedUse): WorkLabels {
  return {
    hour_at_ms: floorTo(began_at_ms, HOUR_MS),
    agent_name: agent_name ?? '',
    model: model ?? '',
    repository: repository ?? '',
    branch: branch ?? '',
    cost_source: 'none',
  }
}

function addUse(part: UsePart, use: CountedUse): void {
  part.use_count = 1
  part.interrupted_count = use.interrupted
  part.used_again_count = use.used_again ?? 0
  part.work_ms = use.work_ms
  if (use.is_outermost) part.work_ms_with_nested = use.work_ms_with_nested
}

function emptyPart({ kind, skill_name }: CountedUse, labels: WorkLabels): UsePart {
  const counters = Object.fromEntries(USE_COUNTERS.map((counter) => [counter, 0])) as Record<Counter, number>
  return { kind, skill_name, ...labelsOf(labels), ...counters, part_count: 1 }
}
