import { DURATION_BOUNDS_MS } from '@skillwatch/schema'
import { WINDOW_HOURS } from '../src/anomalies/baseline-hours.ts'
import type { BaselineSource } from '../src/anomalies/detect.ts'
import type { Dispersion } from '../src/anomalies/dispersion.ts'
import { centreAndSpread, riditsOf } from '../src/anomalies/duration.ts'
import { VOLUME_HOURS } from '../src/anomalies/volume.ts'
import { ndtr } from '../src/distributions/special.ts'
import { sum } from './faults.ts'
import { BURST_FACTOR_MAX, BURST_HOURS_MAX, BURST_PER_HOUR, type SkillWorld } from './world.ts'

const MANY = 1e9

/**
 * The baselines that only the simulation knows: the true means, rates, shares and dispersions of the hour.
 * With them the same tests are the best that detection with these tests can do.
 */
export function oracleOf(world: readonly SkillWorld[]): BaselineSource {
  return (_, to) =>
    world.map((skill) => {
      const pairsInSession = 2 * skill.sessionSize - 2
      const perHour = (inSession: number, inHour: number): Dispersion[] =>
        WINDOW_HOURS.map((hours) => ({
          clustered: 1 + inSession * pairsInSession,
          correlation: inHour / hours,
        }))
      return {
        rate: {
          mean: skill.rates[to - 1]!,
          dispersions: perHour(skill.rateInSession, skill.rateInHour),
          ...{ uncertainty: 0, calls: MANY },
        },
        duration: durationOracle(skill, to - 1, perHour),
        volume: volumeOracle(skill, to),
        pattern: {
          shares: Float64Array.from(skill.shares),
          effectiveCalls: MANY,
          dispersions: perHour(skill.habit ** 2, 0),
          calls: MANY,
        },
      }
    })
}

function durationOracle(
  skill: SkillWorld,
  hour: number,
  perHour: (inSession: number, inHour: number) => Dispersion[],
) {
  const [session, ofHour] = [skill.logSdOfSession ** 2, skill.logSdOfHour ** 2]
  const variance = skill.logSd ** 2 + session + ofHour
  const below = DURATION_BOUNDS_MS.map((bound) =>
    bound === Number.POSITIVE_INFINITY
      ? 1
      : ndtr((Math.log(bound) - skill.logDurations[hour]!) / Math.sqrt(variance)),
  )
  const counts = Float64Array.from(below, (share, i) => MANY * (share - (below[i - 1] ?? 0)))
  return {
    ...riditsOf(counts),
    ...centreAndSpread({ bounds: DURATION_BOUNDS_MS, counts }),
    dispersions: perHour(rankCorrelation((session + ofHour) / variance), rankCorrelation(ofHour / variance)),
    ...{ uncertainty: 0, calls: MANY },
  }
}

/** Of a bivariate normal distribution (Pearson 1907). */
function rankCorrelation(correlation: number): number {
  return (6 / Math.PI) * Math.asin(correlation / 2)
}

function volumeOracle(skill: SkillWorld, to: number) {
  const { means, sessionSize } = skill
  const bursts = BURST_PER_HOUR * ((BURST_HOURS_MAX + 1) / 2) * (BURST_FACTOR_MAX - 1) ** 2 * 0.5
  return {
    baseline: 'hour_of_week' as const,
    meanOf: (hour: number) => means[hour]!,
    dispersions: VOLUME_HOURS.map((hours) => {
      const from = Math.max(0, to - hours)
      let squares = 0
      for (let hour = from; hour < to; hour += 1) squares += means[hour]! ** 2
      const correlation = ((skill.dispersion + bursts) * squares) / sum(means, from, to) ** 2
      return { clustered: 2 * sessionSize - 1, correlation }
    }),
    ...{ uncertainty: 0, unseen: 0, calls: MANY },
  }
}
