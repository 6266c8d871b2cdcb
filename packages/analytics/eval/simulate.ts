import { DURATION_BOUNDS_MS, durationBucket } from '@skillwatch/schema'
import {
  type HourlyTable,
  type SkillColumns,
  type SkillCounts,
  withTotals,
} from '../src/anomalies/hourly-table.ts'
import type { Fault } from './faults.ts'
import { Random } from './random.ts'
import {
  BURST_FACTOR_MAX,
  BURST_HOURS_MAX,
  BURST_PER_HOUR,
  FIRST_HOUR_MS,
  HOURS,
  type SkillWorld,
} from './world.ts'

/** Calls of all skills and hours, as the table that detection reads. */
export function simulate(world: readonly SkillWorld[], faults: readonly Fault[], seed: number): HourlyTable {
  return {
    firstHourMs: FIRST_HOUR_MS,
    hours: HOURS,
    durationBoundsMs: DURATION_BOUNDS_MS,
    hourOfWeek: Uint8Array.from({ length: HOURS }, (_, hour) => hour % 168),
    skills: world.map((skill, index) => {
      const random = new Random(seed * 100_003 + index)
      return simulateSkill(
        skill,
        faults.filter((fault) => fault.skill === index),
        random,
      )
    }),
  }
}

function simulateSkill(skill: SkillWorld, faults: readonly Fault[], random: Random): SkillColumns {
  const columns = {
    kind: 'skill',
    skill_name: skill.name,
    calls: new Float64Array(HOURS),
    ended: new Float64Array(HOURS),
    completed: new Float64Array(HOURS),
    durations: new Uint32Array(HOURS * DURATION_BOUNDS_MS.length),
    follows: new Uint32Array(HOURS * skill.shares.length),
    followers: skill.shares.map((_, i) => `follower-${i}`),
  }
  let [burst, burstLeft] = [1, 0]
  for (let hour = 0; hour < HOURS; hour += 1) {
    if (burstLeft > 0) burstLeft -= 1
    else burst = 1
    if (random.uniform() < BURST_PER_HOUR) {
      burst = random.uniform(1.2, BURST_FACTOR_MAX)
      burstLeft = random.below(BURST_HOURS_MAX)
    }
    simulateHour(skill, hourParameters(skill, hour, faults, burst), hour, columns, random)
  }
  return withTotals(columns, DURATION_BOUNDS_MS.length)
}

interface HourParameters {
  readonly mean: number
  readonly rate: number
  readonly logDuration: number
  readonly shares: readonly number[]
}

function hourParameters(
  { means, rates, logDurations, shares }: SkillWorld,
  hour: number,
  faults: readonly Fault[],
  burst: number,
): HourParameters {
  const usual = { mean: means[hour]! * burst, rate: rates[hour]!, logDuration: logDurations[hour]!, shares }
  const fault = faults.find(({ from, to }) => from <= hour && hour < to)
  switch (fault?.type) {
    case undefined:
      return usual
    case 'rate_drop':
      return { ...usual, rate: Math.max(0.02, usual.rate - fault.size) }
    case 'slowdown':
      return { ...usual, logDuration: usual.logDuration + Math.log(fault.size) }
    case 'volume_spike':
      return { ...usual, mean: usual.mean * fault.size }
    case 'silence':
      return { ...usual, mean: 0 }
    case 'pattern_shift':
      return { ...usual, shares: shifted(shares, fault.size) }
  }
}

/** Moves so much of the share of the most frequent follower, or all of it, to the rarest one. */
function shifted(shares: readonly number[], size: number): number[] {
  const moved = Math.min(size, shares[0]!)
  return shares.map((share, i) => share + (i === 0 ? -moved : i === shares.length - 1 ? moved : 0))
}

function simulateHour(
  skill: SkillWorld,
  { mean, rate, logDuration, shares }: HourParameters,
  hour: number,
  columns: SkillCounts,
  random: Random,
): void {
  const sessions = random.poisson(
    (mean / skill.sessionSize) * random.gamma(1 / skill.dispersion) * skill.dispersion,
  )
  const rateOfHour = skill.rateInHour > 0 ? random.beta(rate, skill.rateInHour) : rate
  const logOfHour = logDuration + skill.logSdOfHour * random.normal()
  for (let session = 0; session < sessions; session += 1) {
    const calls = random.geometric(skill.sessionSize)
    const rateOfSession = random.beta(clamp(rateOfHour), skill.rateInSession)
    const logOfSession = logOfHour + skill.logSdOfSession * random.normal()
    const usual = random.index(shares)
    for (let call = 0; call < calls; call += 1) {
      columns.calls[hour]! += 1
      columns.ended[hour]! += 1
      if (random.uniform() < rateOfSession) columns.completed[hour]! += 1
      const bucket = durationBucket(Math.exp(logOfSession + skill.logSd * random.normal()))
      columns.durations[hour * DURATION_BOUNDS_MS.length + bucket]! += 1
      const follower = random.uniform() < skill.habit ? usual : random.index(shares)
      columns.follows[hour * shares.length + follower]! += 1
    }
  }
}

function clamp(rate: number): number {
  return Math.min(0.999, Math.max(0.001, rate))
}
