import {
  BASELINE_CALLS_MIN,
  type BaselineCoverage,
  baselineCoverage,
  type DetectionState,
  type NotEnoughData,
} from '@skillwatch/analytics'
import type { Schedule } from './options.ts'
import type { History } from './read.ts'

/** Skills that lack the same: fewer than `need` of `unit`. */
export interface Lacking {
  readonly unit: string
  readonly need: number
  readonly skills: number
}

interface Tested {
  /** Skills with a baseline. */
  readonly tested: number
  readonly not_enough_data: readonly Lacking[]
}

/** What the last run could test, and what the rest lacks. */
export interface Coverage extends Tested {
  /** With a call in the hours that were read. */
  readonly skills: number
  readonly by_metric: readonly (Tested & { readonly metric: Metric })[]
}

type Metric = BaselineCoverage['metric']

const METRICS: readonly Metric[] = ['completion_rate', 'duration', 'volume', 'pattern_shift', 'silence']

/** The baselines of each skill at the last run, those of rare skills included. */
export function baselinesOf(
  { table, rare }: History,
  state: DetectionState,
  { toMs }: Schedule,
): BaselineCoverage[] {
  const lacking = rare.flatMap(({ kind, skill_name, calls }) => {
    const baseline = { enough: false as const, unit: 'calls', have: calls, need: BASELINE_CALLS_MIN }
    return METRICS.map((metric) => ({ kind, skill_name, metric, baseline }))
  })
  return [...baselineCoverage(table, state, { atMs: toMs, lateMs: 0 }), ...lacking]
}

/** Counts skills by what they lack. A skill is tested when one of its metrics is. */
export function coverageOf(baselines: readonly BaselineCoverage[]): Coverage {
  const byMetric = Map.groupBy(baselines, ({ metric }) => metric)
  const bySkill = Map.groupBy(baselines, ({ kind, skill_name }) => JSON.stringify([kind, skill_name]))
  // Of a skill without any baseline, the first metric says what it lacks.
  const best = [...bySkill.values()].map((all) => all.find(({ baseline }) => baseline.enough) ?? all[0]!)
  return {
    skills: bySkill.size,
    ...testedOf(best),
    by_metric: METRICS.map((metric) => ({ metric, ...testedOf(byMetric.get(metric) ?? []) })),
  }
}

function testedOf(baselines: readonly BaselineCoverage[]): Tested {
  const lacking = baselines.map(({ baseline }) => baseline).filter(isLacking)
  const groups = Map.groupBy(lacking, ({ unit, need }) => `${need} ${unit}`)
  const counted = [...groups.values()].map((all) => {
    return { unit: all[0]!.unit, need: all[0]!.need, skills: all.length }
  })
  return {
    tested: baselines.length - lacking.length,
    not_enough_data: counted.sort((a, b) => b.skills - a.skills || (a.unit < b.unit ? -1 : 1)),
  }
}

export function isLacking(baseline: BaselineCoverage['baseline']): baseline is NotEnoughData {
  return !baseline.enough
}
