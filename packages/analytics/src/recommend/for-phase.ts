import type { Recommendation } from '@skillwatch/schema'
import { best, nameOfSkill } from './best.ts'
import { type CalledSkill, endedCalls, rated } from './called-skill.ts'
import { counted, exact, percentOf } from './words.ts'

/** A phase with fewer ended calls is not known well enough. */
const PHASE_CALLS_MIN = 20

/**
 * What is used in a phase of a workflow: the score is the share of its ended calls that are of the skill,
 * times the effectiveness in it. Needs 20 ended calls; fewer give nothing.
 * @param skills with their calls in the phase, tools excluded
 */
export function recommendForPhase(skills: readonly CalledSkill[], limit: number): Recommendation[] {
  const all = endedCalls(skills)
  if (all < PHASE_CALLS_MIN) return []
  const found = best(
    rated(skills),
    ({ ended_count, rate }) => (ended_count / all) * rate,
    nameOfSkill,
    limit,
  )
  return found.map(([{ kind, skill_name, ended_count, rate }, score]) => ({
    ...{ kind, skill_name, source: 'workflow_phase', score },
    reason:
      `It has ${exact(ended_count)} of the ${counted(all, 'ended call')} in this phase, ` +
      `and ${percentOf(rate)} of them complete.`,
    ...{ samples: ended_count, sample_unit: 'calls' },
  }))
}
