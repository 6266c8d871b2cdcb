import type { SkillUseSeriesTable } from '@skillwatch/schema'
import type { DerivedUse } from '../turns/derive-turn.ts'
import { mainModel, type ModelSums } from '../turns/model-sums.ts'
import { floorTo, HOUR_MS, type RollUp } from './declarations.ts'

const SUMS = ['calls', 'failed_calls', 'rejected_calls', 'retried_calls', 'work_ms'] as const
const USAGE = [
  'request_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_creation_tokens',
  'cost_micro_usd',
] as const

const SUMS_WITH_NESTED = SUMS.map((sum) => `${sum}_with_nested` as const)
const USAGE_WITH_NESTED = USAGE.map((sum) => `${sum}_with_nested` as const)

/** The counters of the roll-up, in the order of its table. */
export const USE_COUNTERS = [
  'part_count',
  'use_count',
  'interrupted_count',
  'used_again_count',
  ...SUMS,
  ...USAGE,
  ...SUMS_WITH_NESTED,
  ...USAGE_WITH_NESTED,
] as const

type Counter = (typeof USE_COUNTERS)[number]

/** What a use adds for one model and source of cost. */
export type UsePart = Omit<SkillUseSeriesTable, 'project_id'>

/** The columns of a use that the roll-up counts. */
export type CountedUse = Pick<
  DerivedUse,
  | 'kind'
  | 'skill_name'
  | 'began_at_ms'
  | 'repository'
  | 'model'
  | 'interrupted'
  | 'used_again'
  | 'is_outermost'
  | 'models'
  | 'models_with_nested'
  | (typeof SUMS)[number]
  | (typeof SUMS_WITH_NESTED)[number]
>

/** Roll-ups of uses. */
export const USE_ROLL_UPS: readonly RollUp<UsePart>[] = [
  {
    table: 'skill_use_series',
    source: 'skill_use',
    isKeyedByProject: true,
    key: ['kind', 'skill_name', 'hour_at_ms', 'repository', 'model', 'cost_source'],
    counters: USE_COUNTERS,
    extremes: [],
    extremesOf: () => [],
    keysOf: (part) => [
      [part.kind, part.skill_name, part.hour_at_ms, part.repository, part.model, part.cost_source],
    ],
    valuesOf: (part) => USE_COUNTERS.map((counter) => part[counter]),
  },
]

/** A use by model and source of cost: its counts are in the part of its main model. */
export function partsOf(use: CountedUse): UsePart[] {
  const own: ModelSums[] = JSON.parse(use.models)
  const withNested: ModelSums[] = use.is_outermost ? JSON.parse(use.models_with_nested) : []
  const parts = new Map<string, UsePart>()
  const partFor = ({ model, cost_source }: Pick<ModelSums, 'model' | 'cost_source'>) => {
    const key = `${model}\0${cost_source}`
    const known = parts.get(key) ?? emptyPart(use, model, cost_source)
    parts.set(key, known)
    return known
  }
  addCounts(partFor(mainPartOf(own)), use)
  for (const sums of own) for (const count of USAGE) partFor(sums)[count] += sums[count]
  for (const sums of withNested)
    for (const count of USAGE) partFor(sums)[`${count}_with_nested`] += sums[count]
  return [...parts.values()]
}

function mainPartOf(own: readonly ModelSums[]): Pick<ModelSums, 'model' | 'cost_source'> {
  const model = mainModel(own) ?? ''
  return { model, cost_source: own.find((sums) => sums.model === model)?.cost_source ?? 'none' }
}

function addCounts(part: UsePart, use: CountedUse): void {
  part.use_count = 1
  part.interrupted_count = use.interrupted
  part.used_again_count = use.used_again ?? 0
  for (const sum of SUMS) part[sum] = use[sum]
  if (use.is_outermost) for (const sum of SUMS_WITH_NESTED) part[sum] = use[sum]
}

function emptyPart(use: CountedUse, model: string, cost_source: ModelSums['cost_source']): UsePart {
  const counters = Object.fromEntries(USE_COUNTERS.map((counter) => [counter, 0])) as Record<Counter, number>
  return {
    kind: use.kind,
    skill_name: use.skill_name,
    hour_at_ms: floorTo(use.began_at_ms, HOUR_MS),
    repository: use.repository ?? '',
    model,
    cost_source,
    ...counters,
    part_count: 1,
  }
}
