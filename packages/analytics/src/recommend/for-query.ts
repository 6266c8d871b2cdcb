import type { Recommendation } from '@skillwatch/schema'
import type { TextIndex } from '../similar/text-index.ts'
import { best } from './best.ts'
import { type CalledSkill, rated } from './called-skill.ts'
import { keyOf } from './used-well.ts'
import { counted, percentOf } from './words.ts'

/**
 * Skills whose names and descriptions match a query. The score is the text score, 1 for the best match,
 * times the effectiveness.
 * @param skills in the order of the index
 */
export function recommendForQuery(
  query: string,
  index: TextIndex,
  skills: readonly CalledSkill[],
  limit: number,
): Recommendation[] {
  const found = index.search(query)
  const ratedSkills = new Map(rated(skills).map((skill) => [keyOf(skill), skill]))
  const matches = found.flatMap(({ number, score }) => {
    const skill = ratedSkills.get(keyOf(skills[number]!))
    return skill === undefined ? [] : [{ skill, text: score }]
  })
  return best(
    matches,
    ({ skill, text }) => text * skill.rate,
    ({ skill }) => skill.skill_name,
    limit,
  ).map(([{ skill, text }, score]) => {
    const { kind, skill_name, ended_count, rate } = skill
    return {
      ...{ kind, skill_name, source: 'text', score },
      reason:
        `Its name or description has words of the query (${text.toFixed(2)}, where the best match has 1); ` +
        `${percentOf(rate)} of its ${counted(ended_count, 'ended call')} complete.`,
      ...{ samples: ended_count, sample_unit: 'calls' },
    }
  })
}
