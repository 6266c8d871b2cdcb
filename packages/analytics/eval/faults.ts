import { Random } from './random.ts'
import { HOURS, type SkillWorld } from './world.ts'

export type FaultType = 'rate_drop' | 'slowdown' | 'volume_spike' | 'silence' | 'pattern_shift'

/** A change of one skill for some hours. */
export interface Fault {
  readonly type: FaultType
  readonly skill: number
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** Points of the rate or share (0–1), or a factor; for silence, expected calls that are missing. */
  readonly size: number
}

interface Grade {
  readonly type: FaultType
  readonly size: number
  /** For silences the hours follow from the size. */
  readonly hours: number
  /** Expected calls while it lasts: with fewer there is nothing to find. */
  readonly callsMin: number
  readonly callsMax: number
}

/** Many sizes and lengths, whatever can be reached. */
export const ALL_GRADES: readonly Grade[] = [
  ...gradesOf('rate_drop', [0.2, 0.4, 0.7], [2, 3, 5]),
  ...gradesOf('slowdown', [1.5, 2, 4], [2, 4, 8]),
  ...gradesOf('volume_spike', [2, 3, 5], [1, 3, 6]),
  ...gradesOf('silence', [10, 20, 40], [0]),
  ...gradesOf('pattern_shift', [0.25, 0.5], [2, 4, 8]),
]

/** Those that detection should find nine of ten times. */
export const GOAL_GRADES: readonly Grade[] = [
  { type: 'rate_drop', size: 0.2, hours: 5, callsMin: 100, callsMax: 225 },
  { type: 'rate_drop', size: 0.4, hours: 3, callsMin: 60, callsMax: 135 },
  { type: 'slowdown', size: 2, hours: 3, callsMin: 60, callsMax: 135 },
  ...gradesOf('silence', [20, 40], [0]),
]

function gradesOf(type: FaultType, sizes: readonly number[], hours: readonly number[]): Grade[] {
  const callsMin = type === 'silence' ? 0 : 20
  const each = { type, callsMin, callsMax: Number.POSITIVE_INFINITY }
  return sizes.flatMap((size) => hours.map((count) => ({ ...each, size, hours: count })))
}

/** Faults begin after two weeks of baseline, and at most one in so many days of a skill. */
export const FIRST_FAULT_HOUR = 14 * 24
const SLOT_HOURS = 5 * 24

/** So many faults of each type, over its grades in turn, at random skills and times. */
export function planFaults(
  world: readonly SkillWorld[],
  seed: number,
  perType: number,
  grades: readonly Grade[] = ALL_GRADES,
): Fault[] {
  const random = new Random(seed)
  const slots = shuffled(freeSlots(world.length), random)
  const types = [...Map.groupBy(grades, ({ type }) => type).values()]
  const faults: Fault[] = []
  for (let i = 0; i < perType; i += 1) {
    for (const ofType of types) {
      const fault = placeFault(world, ofType[i % ofType.length]!, slots, random)
      if (fault) faults.push(fault)
    }
  }
  return faults
}

interface Slot {
  readonly skill: number
  readonly from: number
}

function freeSlots(skills: number): Slot[] {
  const starts: number[] = []
  for (let from = FIRST_FAULT_HOUR; from + SLOT_HOURS <= HOURS; from += SLOT_HOURS) starts.push(from)
  return Array.from({ length: skills }, (_, skill) => starts.map((from) => ({ skill, from }))).flat()
}

function placeFault(
  world: readonly SkillWorld[],
  grade: Grade,
  slots: Slot[],
  random: Random,
): Fault | null {
  for (let i = slots.length - 1; i >= 0; i -= 1) {
    const { skill, from } = slots[i]!
    const start = from + random.below(SLOT_HOURS - 48)
    const { means } = world[skill]!
    const to = grade.type === 'silence' ? endOfSilence(means, start, grade.size) : start + grade.hours
    const calls = sum(means, start, to)
    if (to - start > 48 || calls < grade.callsMin || calls > grade.callsMax) continue
    slots.splice(i, 1)
    return { type: grade.type, skill, from: start, to, size: grade.size }
  }
  return null
}

function endOfSilence(means: Float64Array, from: number, missing: number): number {
  let to = from
  while (to < HOURS && sum(means, from, to) < missing) to += 1
  return to
}

export function sum(values: Float64Array, from: number, to: number): number {
  let total = 0
  for (let i = from; i < to; i += 1) total += values[i]!
  return total
}

function shuffled<T>(values: T[], random: Random): T[] {
  for (let i = values.length - 1; i > 0; i -= 1) {
    const j = random.below(i + 1)
    ;[values[i], values[j]] = [values[j]!, values[i]!]
  }
  return values
}
