import {
  createTextIndex,
  type PersonUse,
  recommendForPerson,
  recommendForPhase,
  recommendForQuery,
  recommendFromBaselines,
  recommendFromCalls,
  type TextIndex,
} from '@skillwatch/analytics/recommend'
import {
  affinitiesOf,
  type CalledSkill,
  descriptionsOfSkills,
  getBaselineRun,
  type Reader,
  recommendableBaselines,
  recommendableSkills,
  skillsOfPhase,
  skillsOfUser,
} from '@skillwatch/db'
import type { Recommendation, RecommendationReply } from '@skillwatch/schema'
import { LRUCache } from 'lru-cache'

/** For whom or what skills are recommended; for everyone when none of the three is given. */
export interface Asked {
  /** As it is reported: only its keyed hash is compared with what is stored. */
  readonly user_id?: string
  readonly query?: string
  readonly workflow_phase?: string
  readonly limit: number
}

/** Projects whose index is remembered. */
const INDEXES_MAX = 16

/** Makes the function that recommends skills of a project. It reads stored rows by their keys (R7). */
export function createRecommend(reader: Reader) {
  // An index is made again when a name or a description has changed.
  const indexes = new LRUCache<number, { text: string; index: TextIndex }>({ max: INDEXES_MAX })
  const indexOf = (projectId: number, skills: readonly CalledSkill[]): TextIndex => {
    const descriptionOf = descriptionsOfSkills(reader, projectId)
    const texts = skills.map((skill) => ({
      skill_name: skill.skill_name,
      description: descriptionOf(skill),
    }))
    const text = JSON.stringify(texts)
    const known = indexes.get(projectId)
    if (known?.text === text) return known.index
    const index = createTextIndex(texts)
    indexes.set(projectId, { text, index })
    return index
  }
  return (projectId: number, asked: Asked): RecommendationReply => {
    const { user_id, query, workflow_phase } = asked
    if (user_id !== undefined) return forPerson(reader, projectId, user_id, asked)
    if (query !== undefined) {
      const skills = recommendableSkills(reader, projectId)
      const items = recommendForQuery(query, indexOf(projectId, skills), skills, asked.limit)
      const reason = `Of ${skills.length} skills, these have words of the query in their name or description.`
      if (items.length > 0) return { source: 'text', reason, items }
      return fallback(
        reader,
        projectId,
        asked,
        `No word of the query is in a name or a description of the ${skills.length} skills. `,
      )
    }
    if (workflow_phase !== undefined) return forPhase(reader, projectId, workflow_phase, asked)
    return fallback(reader, projectId, asked, '')
  }
}

function forPerson(reader: Reader, projectId: number, userId: string, asked: Asked): RecommendationReply {
  const uses = skillsOfUser(reader, projectId, userId)
  const items = recommendForPerson(uses, affinitiesOf(reader, projectId, uses), asked.limit)
  if (items.length > 0) {
    const reason = `From what persons who use some of the ${uses.length} skills of this person also use.`
    return { source: 'persons', reason, items }
  }
  const why = `What other persons do says nothing about the ${uses.length} skills of this person. `
  return fallback(reader, projectId, asked, why, uses)
}

function forPhase(reader: Reader, projectId: number, phase: string, asked: Asked): RecommendationReply {
  const skills = skillsOfPhase(reader, projectId, phase)
  const calls = skills.reduce((sum, { ended_count }) => sum + ended_count, 0)
  const items = recommendForPhase(skills, asked.limit)
  if (items.length > 0)
    return { source: 'workflow_phase', reason: `From ${calls} calls in this phase of a workflow.`, items }
  const why = `There are ${calls} calls in this phase of a workflow, and 20 are needed. `
  return fallback(reader, projectId, asked, why)
}

/** @param why nothing better is known; empty when nothing was asked for */
function fallback(
  reader: Reader,
  projectId: number,
  { limit }: Asked,
  why: string,
  uses: readonly PersonUse[] = [],
): RecommendationReply {
  const run = getBaselineRun(reader, projectId)
  const baselines = run === undefined ? [] : recommendableBaselines(reader, projectId)
  const items = recommendFromBaselines(baselines, run?.persons ?? 0, uses, limit)
  const reply = (source: 'baselines' | 'calls', text: string, found: Recommendation[]) => ({
    ...{ source, reason: why + text, items: found },
  })
  if (items.length > 0)
    return reply('baselines', `From the baselines of ${baselines.length} skills over all persons.`, items)
  const skills = recommendableSkills(reader, projectId)
  const missing = run === undefined ? 'There are no baselines yet' : 'No baseline is left to recommend'
  return reply(
    'calls',
    `${missing}, so it is from the calls of all ${skills.length} skills.`,
    recommendFromCalls(skills, uses, limit),
  )
}
