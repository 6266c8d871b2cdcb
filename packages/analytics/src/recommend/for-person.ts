import type { Recommendation, ReportedAffinity } from '@skillwatch/schema'
import { best } from './best.ts'
import { isUsedWell, keyOf, notUsedWell, type PersonUse } from './used-well.ts'
import { counted, percentOf } from './words.ts'

/** A person who uses fewer skills is not known well enough. */
export const SKILLS_USED_MIN = 3

/**
 * What persons who use the same skills also use, without what the person uses well. The score of a skill is
 * the mean of its affinities to the skills that the person uses well, where one that is not stored is 0,
 * times its effectiveness. Needs 3 such skills; fewer give nothing.
 * @param uses all skills of the person, tools excluded
 * @param affinities those of the skills that the person uses
 */
export function recommendForPerson(
  uses: readonly PersonUse[],
  affinities: readonly ReportedAffinity[],
  limit: number,
): Recommendation[] {
  const used = uses.filter(isUsedWell)
  if (used.length < SKILLS_USED_MIN) return []
  const isUsed = new Set(used.map(keyOf))
  const mayBeShown = notUsedWell(uses)
  const offered = affinities.filter(
    (each) => isUsed.has(keyOf(each)) && mayBeShown({ kind: each.also_kind, skill_name: each.also_name }),
  )
  const byCandidate = Map.groupBy(offered, ({ also_kind, also_name }) => `${also_kind}\0${also_name}`)
  return best(
    [...byCandidate.values()].map((rows) => toRecommendation(rows, used.length)),
    limit,
  )
}

function toRecommendation(rows: readonly ReportedAffinity[], used: number): Recommendation {
  const [strongest] = rows.toSorted((a, b) => b.affinity - a.affinity) as [ReportedAffinity]
  const { also_kind, also_name, effectiveness, persons } = strongest
  const others = rows.length - 1
  const more = others === 0 ? '' : ` (and those who use ${others} more of the skills used well)`
  return {
    ...{ kind: also_kind, skill_name: also_name, source: 'persons' },
    score: (rows.reduce((sum, { affinity }) => sum + affinity, 0) / used) * effectiveness,
    reason:
      `At least ${counted(persons, 'person')} who use ${strongest.skill_name}${more} also use it, and ` +
      `${percentOf(effectiveness)} of its calls complete, each person counting once.`,
    ...{ samples: persons, sample_unit: 'persons' },
  }
}
