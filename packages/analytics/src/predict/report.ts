import { type CollectOptions, collectCalls } from './collect.ts'
import { judgeSkill, type SkillJudgement } from './judge-skill.ts'
import type { SessionCall } from './session-past.ts'
import type { SkillKey } from './skill-key.ts'

/** A skill as it is stored. */
interface SkillPrediction extends SkillKey, SkillJudgement {
  /** Ended calls of the window, at most the latest 10,000. */
  readonly calls: number
  readonly completed: number
}

/** How predictable the skills of a project are, as `POST /v1/findings` takes it. */
export interface PredictionReport {
  readonly type: 'prediction'
  readonly since: string
  readonly until: string
  /** Of hours and weekdays. */
  readonly time_zone: string
  /** Skills with fewer calls that are not in the report. */
  readonly left_out: number
  readonly predictions: readonly SkillPrediction[]
}

export type PredictionWindow = Pick<CollectOptions, 'sinceMs' | 'untilMs' | 'timeZone'>

/** Skills of a report, those with the most calls. */
const SKILLS_MAX = 1_000
const SKILL_CALLS_MAX = 10_000
/** Any number: the same calls lead to the same report. */
const SEED = 33

/**
 * Trains and judges a model for each skill of a project.
 * @param sessions the calls of each session that began up to the end of the window, and in the 7 days before
 * the window
 */
export function predictionReport(
  sessions: Iterable<readonly SessionCall[]>,
  window: PredictionWindow,
): PredictionReport {
  const skills = collectCalls(sessions, { ...window, callsMax: SKILL_CALLS_MAX }).sort(
    (a, b) =>
      b.calls.length - a.calls.length ||
      (`${a.kind} ${a.skill_name}` < `${b.kind} ${b.skill_name}` ? -1 : 1),
  )
  return {
    type: 'prediction',
    since: new Date(window.sinceMs).toISOString(),
    until: new Date(window.untilMs).toISOString(),
    time_zone: window.timeZone,
    left_out: Math.max(0, skills.length - SKILLS_MAX),
    predictions: skills.slice(0, SKILLS_MAX).map(({ kind, skill_name, calls }) => ({
      ...{ kind, skill_name, calls: calls.length },
      completed: calls.reduce((sum, { outcome }) => sum + outcome, 0),
      ...judgeSkill(calls, SEED),
    })),
  }
}
