import type { Interval } from '../rates/intervals.ts'
import type { SkillAcrossPersons } from './across-persons.ts'
import { priorOf, shrunkRate } from './shrinkage.ts'

/** Where a skill is among others, 0-100. */
export interface Percentile {
  readonly value: number
  readonly interval: Interval
}

type Rates = Pick<SkillAcrossPersons, 'total_users' | 'global_completion_rate' | 'completion_rate_interval'>

/** A percentile among fewer skills says little. */
const SKILLS_MIN = 5
/** Values that differ by less are equal: floating point makes them differ. */
const EQUAL = 1e-12

/**
 * The percentile of effectiveness of each skill: its place by completion rate, where a rate is moved to the
 * mean of all skills by the beta-binomial model, with a person as a trial. Skills with equal rates share the
 * middle of their places. Needs 5 skills; null below.
 *
 * The interval is that of Klein, Wright and Wieczorek (J. R. Stat. Soc. A 183, 2020, 589-606): it excludes
 * the places of skills whose 95% interval of the rate lies wholly below or above. These are not corrected
 * for the number of skills. Only rounded numbers are used, so it shows nothing that they do not show.
 */
export function effectivenessPercentiles(skills: readonly Rates[]): (Percentile | null)[] {
  if (skills.length < SKILLS_MIN) return skills.map(() => null)
  const shares = skills.map(({ total_users, global_completion_rate }) => {
    return { hits: global_completion_rate * total_users, of: total_users }
  })
  const prior = priorOf(shares)
  const rates = shares.map((share) => shrunkRate(share, prior))
  return skills.map(({ completion_rate_interval: [from, to] }, index) => {
    const lowest = place(skills.filter((each) => each.completion_rate_interval[1] < from).length, skills)
    const highest = place(skills.filter((each) => each.completion_rate_interval[0] <= to).length, skills)
    const rate = rates[index]!
    const below = rates.filter((each) => each < rate - EQUAL).length
    const equal = rates.filter((each) => Math.abs(each - rate) <= EQUAL).length
    const value = place(below + equal / 2, skills)
    // A rate of few persons may be moved past one of many.
    return { value: Math.min(highest, Math.max(lowest, value)), interval: [lowest, highest] }
  })
}

function place(below: number, { length }: readonly unknown[]): number {
  return Math.round((100 * below) / length)
}
