import { Random } from './random.ts'

export const DAYS = 60
export const HOURS = DAYS * 24
/** 2026-09-07, a Monday. */
export const FIRST_HOUR_MS = Date.UTC(2026, 8, 7)

/** The true parameters of one simulated skill. */
export interface SkillWorld {
  readonly name: string
  /** Expected calls by hour, without bursts and faults. */
  readonly means: Float64Array
  /** Calls that a session makes on average; their number is geometric. */
  readonly sessionSize: number
  /** The dispersion of the sessions of an hour. */
  readonly dispersion: number
  /** The completion rate by hour. */
  readonly rates: Float64Array
  /** Correlations of two outcomes of one session, and of one hour. */
  readonly rateInSession: number
  readonly rateInHour: number
  /** The mean log duration in log milliseconds by hour, and standard deviations. */
  readonly logDurations: Float64Array
  readonly logSd: number
  readonly logSdOfSession: number
  readonly logSdOfHour: number
  /** What follows, and the probability that a call has what its session often does. */
  readonly shares: readonly number[]
  readonly habit: number
}

/** A burst is natural: more calls for some hours, although nothing is wrong. */
export const BURST_PER_HOUR = 0.004
export const BURST_FACTOR_MAX = 1.6
export const BURST_HOURS_MAX = 3

/** Skills of many sizes; a third of them has 20 to 45 calls an hour at its mean. */
export function createWorld(seed: number, skills: number): SkillWorld[] {
  const random = new Random(seed)
  return Array.from({ length: skills }, (_, i) =>
    createSkill(`skill-${String(i).padStart(3, '0')}`, i, random),
  )
}

function createSkill(name: string, index: number, random: Random): SkillWorld {
  const [from, to] = [
    [1, 6],
    [6, 20],
    [20, 45],
  ][index % 3] as [number, number]
  return {
    name,
    means: seasonalMeans(random.logUniform(from, to), random),
    sessionSize: random.uniform(1, 2.5),
    dispersion: random.uniform(0.005, 0.06),
    rates: around(random.uniform(1.4, 3.5), drifting(random, 0.3)).map(logistic),
    rateInSession: random.uniform(0, 0.2),
    rateInHour: random.uniform(0, 0.015),
    logDurations: around(random.uniform(Math.log(300), Math.log(60_000)), drifting(random, 0.15)),
    logSd: random.uniform(0.4, 1.1),
    logSdOfSession: random.uniform(0, 0.4),
    logSdOfHour: random.uniform(0, 0.1),
    shares: followerShares(random),
    habit: random.uniform(0, 0.5),
  }
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

/** A daily and a weekly season, and a slow drift of up to 25% each way. */
function seasonalMeans(mean: number, random: Random): Float64Array {
  const [peak, daily, weekend] = [random.uniform(9, 17), random.uniform(0.2, 1.2), random.uniform(0.2, 1)]
  const drift = drifting(random, 0.25)
  const shape = drift.map((shift, hour) => {
    const isWeekend = Math.floor(hour / 24) % 7 >= 5
    const season = daily * Math.cos((2 * Math.PI * ((hour % 24) - peak)) / 24)
    return Math.exp(season + shift) * (isWeekend ? weekend : 1)
  })
  const average = shape.reduce((sum, value) => sum + value, 0) / shape.length
  return shape.map((value) => (mean * value) / average)
}

function around(centre: number, shifts: Float64Array): Float64Array {
  return shifts.map((shift) => centre + shift)
}

/** A slow wave around 0 with a period of 40 to 120 days. */
function drifting(random: Random, amplitude: number): Float64Array {
  const [height, period, phase] = [
    random.uniform(0, amplitude),
    random.uniform(40, 120),
    random.uniform(0, 7),
  ]
  return Float64Array.from({ length: HOURS }, (_, hour) => {
    return height * Math.sin((2 * Math.PI * hour) / (24 * period) + phase)
  })
}

/** Three to eight followers, the first one being the most frequent. */
function followerShares(random: Random): number[] {
  const raw = Array.from({ length: 3 + random.below(6) }, (_, i) => random.uniform(0.3, 1) * 0.6 ** i)
  const sum = raw.reduce((total, value) => total + value, 0)
  return raw.map((value) => value / sum)
}
