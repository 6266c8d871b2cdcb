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
 * Correlations and dispersions are estimated per skill and window, and shrunk to the median of all skills.
 * @param to the hour of the table at which the run ends, exclusive
 */
export function baselinesAt(table: HourlyTable, to: number, usableOf: UsableHours): SkillBaselines[] {
  const range = { from: Math.max(0, to - WINDOW_HOURS_MAX - BASELINE_HOURS), to: to - WINDOW_HOURS_MAX }
  const hoursOf = (skill: SkillColumns, metric: Exclude<Metric, 'silence'>): BaselineHours => ({
    ...range,
    usable: usableOf(skill, metric),
  })
  const { skills, durationBoundsMs, hourOfWeek } = table
  const rates = skills.map((skill) => rateOverBaseline(skill, hoursOf(skill, 'completion_rate')))
  const durations = skills.map((each) =>
    durationsOverBaseline(each, durationBoundsMs, hoursOf(each, 'duration')),
  )
  const patterns = skills.map((skill) => followsOverBaseline(skill, hoursOf(skill, 'pattern_shift')))
  const volumes = skills.map((skill) =>
    volumeOverBaseline(skill, hourOfWeek, untilLastCall(skill, hoursOf(skill, 'volume'), to)),
  )
  const dispersed = [
    dispersionsOf(rates, CORRELATION_PRIOR),
    dispersionsOf(durations, CORRELATION_PRIOR),
    dispersionsOf(volumes, VOLUME_PRIOR),
    dispersionsOf(patterns, CORRELATION_PRIOR),
  ] as const
  return skills.map((_, i) => ({
    rate: rates[i] ? { ...rates[i], dispersions: dispersed[0][i]! } : null,
    duration: durations[i] ? { ...durations[i], dispersions: dispersed[1][i]! } : null,
    volume: volumes[i] ? { ...volumes[i], dispersions: dispersed[2][i]! } : null,
    pattern: patterns[i] ? { ...patterns[i], dispersions: dispersed[3][i]! } : null,
  }))
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
  /** By length of a block. */
  readonly sums: readonly DispersionSums[]
}

function dispersionsOf(baselines: readonly (Estimated | null)[], prior: DispersionPrior) {
  return shrinkDispersions(
    baselines.map((each) => each?.sums),
    prior,
  )
}
