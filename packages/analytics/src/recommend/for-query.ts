import type { Recommendation } from '@skillwatch/schema'
import type { TextIndex } from '../similar/text-index.ts'
import { best } from './best.ts'
import { type CalledSkill, effectivenessOf } from './called-skill.ts'
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
  const effectiveness = effectivenessOf(skills)
  const found = index.search(query).map(({ number, score }): Recommendation => {
    const { kind, skill_name, ended_count } = skills[number]!
    const rate = effectiveness[number]!
    return {
      ...{ kind, skill_name, source: 'text', score: score * rate },
      reason:
        `Its name or description has words of the query (${score.toFixed(2)}, where the best match has 1); ` +
        `${percentOf(rate)} of its ${counted(ended_count, 'ended call')} complete.`,
      ...{ samples: ended_count, sample_unit: 'calls' },
    }
  })
  return best(found, limit)
}
