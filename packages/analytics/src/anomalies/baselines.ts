import type { NotEnoughData } from '../answer.ts'
import { BASELINE_HOURS, type BaselineHours, WINDOW_HOURS_MAX } from './baseline-hours.ts'
import {
  CORRELATION_PRIOR,
  type DispersionPrior,
  type DispersionSums,
  shrinkDispersions,
  VOLUME_PRIOR,
} from './dispersion.ts'
import { type DurationBaseline, durationsOverBaseline } from './duration.ts'
import type { HourlyTable, SkillColumns } from './hourly-table.ts'
import { followsOverBaseline, type PatternBaseline } from './pattern.ts'
import { type RateBaseline, rateOverBaseline } from './rate.ts'
import { type VolumeBaseline, volumeOverBaseline } from './volume.ts'

export type Metric = 'completion_rate' | 'duration' | 'volume' | 'pattern_shift' | 'silence'

/** What a skill is expected to do. Null where there is not enough data to expect anything. */
export interface SkillBaselines {
  readonly rate: RateBaseline | null
  readonly duration: DurationBaseline | null
  readonly volume: VolumeBaseline | null
  readonly pattern: PatternBaseline | null
}

/** By hour: 0 where the hour does not belong to the baseline of the metric. */
export type UsableHours = (skill: SkillColumns, metric: Exclude<Metric, 'silence'>) => Uint8Array

/**
 * The baselines of all skills before an hour, over up to 28 days that end where the longest window begins.
 * Dispersions are estimated per skill and window, and shrunk to the median of all skills.
 * @param to the hour of the table at which the run ends, exclusive
 */
export function baselinesAt(table: HourlyTable, to: number, usableOf: UsableHours): SkillBaselines[] {
  const all = table.skills.map((skill) => estimateBaselines(table, skill, to, usableOf))
  const rates = dispersed(
    all.map(({ rate }) => rate),
    CORRELATION_PRIOR,
  )
  const durations = dispersed(
    all.map(({ duration }) => duration),
    CORRELATION_PRIOR,
  )
  const volumes = dispersed(
    all.map(({ volume }) => volume),
    VOLUME_PRIOR,
  )
  const patterns = dispersed(
    all.map(({ pattern }) => pattern),
    CORRELATION_PRIOR,
  )
  return all.map((_, i) => {
    return { rate: rates[i]!, duration: durations[i]!, volume: volumes[i]!, pattern: patterns[i]! }
  })
}

/** The baselines of one skill, each with what it lacks, before its dispersion is known. */
export function estimateBaselines(
  table: HourlyTable,
  skill: SkillColumns,
  to: number,
  usableOf: UsableHours,
) {
  const end = to - WINDOW_HOURS_MAX
  const range = { from: firstCallFrom(skill.calls, Math.max(0, end - BASELINE_HOURS), end), to: end }
  const hoursOf = (metric: Exclude<Metric, 'silence'>): BaselineHours => {
    return { ...range, usable: usableOf(skill, metric) }
  }
  const { durationBoundsMs, hourOfWeek } = table
  return {
    rate: rateOverBaseline(skill, hoursOf('completion_rate')),
    duration: durationsOverBaseline(skill, durationBoundsMs, hoursOf('duration')),
    volume: volumeOverBaseline(skill, hourOfWeek, untilLastCall(skill, hoursOf('volume'), to)),
    pattern: followsOverBaseline(skill, hoursOf('pattern_shift')),
  }
}

/** Hours before the first call say nothing: otherwise a new skill would seem to vary much. */
function firstCallFrom(calls: Float64Array, from: number, to: number): number {
  let hour = from
  while (hour < to && calls[hour] === 0) hour += 1
  return hour
}

/** The silence that is tested is no part of the baseline that it is compared with. */
function untilLastCall({ calls }: SkillColumns, hours: BaselineHours, end: number): BaselineHours {
  const last = lastCallBefore(calls, end)
  return { ...hours, to: Math.max(hours.from, Math.min(hours.to, last + 1)) }
}

/** The last hour with a call; -1 without one. */
export function lastCallBefore(calls: Float64Array, end: number): number {
  let hour = end - 1
  while (hour >= 0 && calls[hour] === 0) hour -= 1
  return hour
}

interface Estimated {
  readonly enough: true
  /** By length of a block. */
  readonly sums: readonly DispersionSums[]
}

/** Baselines with their dispersions; null where there is no baseline. */
function dispersed<T extends Estimated>(all: readonly (T | NotEnoughData)[], prior: DispersionPrior) {
  const dispersions = shrinkDispersions(
    all.map((each) => (each.enough ? each.sums : undefined)),
    prior,
  )
  return all.map((each, i) => (each.enough ? { ...each, dispersions: dispersions[i]! } : null))
}
