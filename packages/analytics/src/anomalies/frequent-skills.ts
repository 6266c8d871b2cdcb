import { bySkill } from '../by-skill.ts'
import { BASELINE_CALLS_MIN } from './baseline-hours.ts'
import type { HourlyRow } from './hourly-table.ts'

/** A skill whose calls are too few for any baseline. */
export interface RareSkill {
  readonly kind: string
  readonly skill_name: string
  readonly calls: number
}

/** Hours of all skills together. Each takes about 250 bytes, so this bounds memory to about a gigabyte. */
const SKILL_HOURS_MAX = 4_000_000

/** A table of all skills does not fit into memory. */
export class TooManySkillsError extends RangeError {
  override readonly name = 'TooManySkillsError'
  readonly skills: number
  readonly days: number

  constructor(skills: number, hours: number) {
    const days = Math.round(hours / 24)
    super(`${skills} skills and more over ${days} days do not fit into memory`)
    this.skills = skills
    this.days = days
  }
}

/**
 * The rows of each skill that can have a baseline, for `hourlyTableOf`. Rare skills are never tested, so
 * they need no place in a table.
 * @param rows ordered by kind and name
 * @param hours of the table
 * @throws {TooManySkillsError} when the table would not fit into memory
 */
export function* frequentSkills<Row extends HourlyRow>(
  rows: Iterable<Row>,
  { hours, onRare }: { readonly hours: number; readonly onRare?: (skill: RareSkill) => void },
): Generator<Row[]> {
  let skills = 0
  for (const ofSkill of bySkill(rows)) {
    const { kind, skill_name } = ofSkill[0]!
    const calls = ofSkill.reduce((sum, { invocation_count }) => sum + invocation_count, 0)
    if (calls < BASELINE_CALLS_MIN) {
      onRare?.({ kind, skill_name, calls })
      continue
    }
    skills += 1
    if (skills * hours > SKILL_HOURS_MAX) throw new TooManySkillsError(skills, hours)
    yield ofSkill
  }
}
