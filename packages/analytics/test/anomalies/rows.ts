import { createHourlyTable, type HourlyRow, type HourlyTable } from '../../src/index.ts'

export const HOUR_MS = 3_600_000
/** 2026-09-07, a Monday. */
export const FIRST_HOUR_MS = Date.UTC(2026, 8, 7)
export const BOUNDS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, Number.POSITIVE_INFINITY]

/** Numerical Recipes' generator: the same numbers in every run. */
export function createRandom(seed = 7): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

export interface Behaviour {
  readonly calls: number
  readonly rate: number
  /** Index of the middle duration bucket; two thirds of the calls are in it, the others beside it. */
  readonly bucket: number
  readonly follows: readonly string[]
}

export const USUAL: Behaviour = { calls: 30, rate: 0.9, bucket: 3, follows: ['commit', 'commit', 'test'] }

/** One hour of a skill whose calls are independent. */
function hourOf(
  skill_name: string,
  hour: number,
  { calls, rate, bucket, follows }: Behaviour,
  random: () => number,
): HourlyRow {
  const count = Math.round(calls * (0.8 + 0.4 * random()))
  const completed = Array.from({ length: count }, random).filter((each) => each < rate).length
  const duration_counts = BOUNDS_MS.map(() => 0)
  const follow_counts: Record<string, number> = {}
  for (let call = 0; call < count; call += 1) {
    duration_counts[bucket + Math.floor(3 * random()) - 1]! += 1
    const follower = follows[Math.floor(follows.length * random())]!
    follow_counts[follower] = (follow_counts[follower] ?? 0) + 1
  }
  return {
    kind: 'skill',
    skill_name,
    hour_at_ms: FIRST_HOUR_MS + hour * HOUR_MS,
    invocation_count: count,
    completed_count: completed,
    failed_count: count - completed,
    rejected_count: 0,
    abandoned_count: 0,
    duration_counts,
    follow_counts,
  }
}

/** Hours of a skill, with other behaviour where `at` gives it. */
export function hoursOf(
  skill_name: string,
  hours: number,
  at: (hour: number) => Partial<Behaviour> = () => ({}),
  seed = 7,
): HourlyRow[] {
  const random = createRandom(seed)
  return Array.from({ length: hours }, (_, hour) =>
    hourOf(skill_name, hour, { ...USUAL, ...at(hour) }, random),
  ).filter(({ invocation_count }) => invocation_count > 0)
}

export function tableOf(rows: readonly HourlyRow[], hours: number): HourlyTable {
  return createHourlyTable(rows, {
    fromMs: FIRST_HOUR_MS,
    toMs: FIRST_HOUR_MS + hours * HOUR_MS,
    timeZone: 'UTC',
    durationBoundsMs: BOUNDS_MS,
  })
}

/** Hourly runs from one hour to another, without an allowance for late calls. */
export function schedule(from: number, to: number) {
  return {
    firstRunAtMs: FIRST_HOUR_MS + from * HOUR_MS,
    lastRunAtMs: FIRST_HOUR_MS + to * HOUR_MS,
    everyMs: HOUR_MS,
    lateMs: 0,
    silenceLateMs: 0,
  }
}
