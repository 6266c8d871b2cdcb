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
}

const GRADES: readonly Grade[] = [
  ...grades('rate_drop', [0.2, 0.4, 0.7], [2, 3, 5]),
  ...grades('slowdown', [1.5, 2, 4], [2, 4, 8]),
  ...grades('volume_spike', [2, 3, 5], [1, 3, 6]),
  ...grades('silence', [10, 20, 40], [0]),
  ...grades('pattern_shift', [0.25, 0.5], [2, 4, 8]),
]

function grades(type: FaultType, sizes: readonly number[], hours: readonly number[]): Grade[] {
  return sizes.flatMap((size) => hours.map((each) => ({ type, size, hours: each })))
}

/** Faults begin after two weeks of baseline, and at most one in so many days of a skill. */
export const FIRST_FAULT_HOUR = 14 * 24
const SLOT_HOURS = 5 * 24
/** Expected calls while the fault lasts: with fewer there is nothing to find. */
const CALLS_MIN = 20

/** So many faults of each type, over its grades in turn, at random skills and times. */
export function planFaults(world: readonly SkillWorld[], seed: number, perType: number): Fault[] {
  const random = new Random(seed)
  const slots = shuffled(freeSlots(world.length), random)
  const types = [...Map.groupBy(GRADES, ({ type }) => type).values()]
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
    if (to - start > 48 || sum(means, start, to) < (grade.type === 'silence' ? 0 : CALLS_MIN)) continue
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
