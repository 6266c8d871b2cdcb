import { type Interval, wilsonInterval } from '../rates/intervals.ts'
import { modelProbability, type SkillJudgement } from './judge-skill.ts'
import type { KnownBefore } from './known-before.ts'
import type { CalibrationBin } from './scores.ts'

/** The probability that a call completes. */
export interface CallPrediction {
  readonly probability: number
  /**
   * 95%: of a model, the completed share of the judged calls with about this probability (Wilson, calls
   * divided by their design effect); else that of the base rate. Null with too few sessions.
   */
  readonly interval: Interval | null
  /** What the probability is from. */
  readonly source: 'model' | 'base rate'
}

/** The probability of a call: of the model where it is better than the base rate, else the base rate. */
export function predictCall(skill: SkillJudgement, known: KnownBefore): CallPrediction {
  const { verdict, model, judgement, base_rate, base_rate_interval } = skill
  if (verdict !== 'better than the base rate' || model === null || judgement === null)
    return { probability: base_rate, interval: base_rate_interval, source: 'base rate' }
  const probability = modelProbability(model, known)
  const { calls, completed } = binOf(judgement.calibration, probability)
  const { design_effect } = judgement
  const interval = wilsonInterval({ hits: completed / design_effect, of: calls / design_effect })
  return { probability, interval, source: 'model' }
}

/** The bin with the probability; between two bins the one below, outside of all the nearest one. */
function binOf(bins: readonly CalibrationBin[], probability: number): CalibrationBin {
  return bins.findLast(({ from }) => from <= probability) ?? bins[0]!
}
