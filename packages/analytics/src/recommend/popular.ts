import type { Baseline, Recommendation } from '@skillwatch/schema'
import { best, nameOfSkill } from './best.ts'
import { type CalledSkill, endedCalls, rated } from './called-skill.ts'
import { notUsedWell, type PersonUse } from './used-well.ts'
import { counted, exact, percentOf } from './words.ts'

/**
 * What most persons use with success: the score is the share of persons who use the skill times the mean of
 * their completion rates. Both are rounded, as baselines are.
 * @param persons of the run of the baselines
 * @param uses of the person whom it is for; what is used well is left out
 */
export function recommendFromBaselines(
  baselines: readonly Baseline[],
  persons: number,
  uses: readonly PersonUse[],
  limit: number,
): Recommendation[] {
  const mayBeShown = notUsedWell(uses)
  // Both numbers of persons are rounded down.
  const shareOf = ({ total_users }: Baseline) => Math.min(1, total_users / Math.max(1, persons))
  const found = best(
    baselines.filter(mayBeShown),
    (each) => shareOf(each) * each.global_completion_rate,
    nameOfSkill,
    limit,
  )
  return found.map(([{ kind, skill_name, total_users, global_completion_rate }, score]) => ({
    ...{ kind, skill_name, source: 'baselines', score },
    reason:
      `At least ${total_users} of at least ${counted(persons, 'person')} use it, and about ` +
      `${percentOf(global_completion_rate)} of their calls complete, each person counting once.`,
    ...{ samples: total_users, sample_unit: 'persons' },
  }))
}

/**
 * What is called most with success, for projects without baselines: the score is the share of all ended
 * calls that are of the skill, times its effectiveness.
 * @param skills all of the project, tools excluded
 */
export function recommendFromCalls(
  skills: readonly CalledSkill[],
  uses: readonly PersonUse[],
  limit: number,
): Recommendation[] {
  const all = endedCalls(skills)
  const found = best(
    rated(skills).filter(notUsedWell(uses)),
    ({ ended_count, rate }) => (ended_count / all) * rate,
    nameOfSkill,
    limit,
  )
  return found.map(([{ kind, skill_name, ended_count, rate }, score]) => ({
    ...{ kind, skill_name, source: 'calls', score },
    reason:
      `It has ${exact(ended_count)} of all ${counted(all, 'ended call')}, and ${percentOf(rate)} of them ` +
      'complete.',
    ...{ samples: ended_count, sample_unit: 'calls' },
  }))
}
