import type { Recommendation, ReportedAffinity } from '@skillwatch/schema'
import { best, type Scored } from './best.ts'
import { isUsedWell, keyOf, notUsedWell, type PersonUse } from './used-well.ts'
import { counted, percentOf } from './words.ts'

/** A person who uses fewer skills is not known well enough. */
const SKILLS_USED_MIN = 3

/** The affinities of one skill to those that the person uses well: one or more. */
type Candidate = readonly ReportedAffinity[]

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
  const candidates = Map.groupBy(offered, ({ also_kind, also_name }) => `${also_kind}\0${also_name}`)
  const scoreOf = (candidate: Candidate) =>
    (candidate.reduce((sum, { affinity }) => sum + affinity, 0) / used.length) * candidate[0]!.effectiveness
  return best([...candidates.values()], scoreOf, ([first]) => first!.also_name, limit).map(toRecommendation)
}

function toRecommendation([candidate, score]: Scored<Candidate>): Recommendation {
  const strongest = candidate.reduce((a, b) => (b.affinity > a.affinity ? b : a))
  const { also_kind, also_name, skill_name, effectiveness, persons } = strongest
  const others = candidate.length - 1
  const more = others === 0 ? '' : ` (and those who use ${others} more of the skills used well)`
  return {
    ...{ kind: also_kind, skill_name: also_name, source: 'persons', score },
    reason:
      `At least ${counted(persons, 'person')} who use ${skill_name}${more} also use it, and ` +
      `${percentOf(effectiveness)} of its calls complete, each person counting once.`,
    ...{ samples: persons, sample_unit: 'persons' },
  }
}
