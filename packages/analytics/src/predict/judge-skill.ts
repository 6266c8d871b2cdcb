import { type NotEnoughData, notEnough } from '../answer.ts'
import { designEffectOfShares } from '../rates/design-effect.ts'
import { type Interval, wilsonInterval } from '../rates/intervals.ts'
import type { Share } from '../share.ts'
import { type Calibration, calibrate } from './calibrate.ts'
import { type Encoding, encode, encodingOf } from './encoding.ts'
import { fitLogistic, type LogisticModel, logOdds, probabilityOf } from './logistic.ts'
import {
  areaUnderCurve,
  brierScore,
  brierSkill,
  brierSkillInterval,
  type CalibrationBin,
  calibrationBins,
  calibrationError,
  type Judged,
  type JudgedCall,
  logLoss,
  toBase,
} from './scores.ts'
import { type KnownCall, type Slices, slicesOf } from './slices.ts'

/** What a prediction is computed by. */
export interface PredictionModel extends Encoding, LogisticModel, Calibration {
  readonly ridge: number
}

/** How a model did on later calls of other sessions than it was made from. */
export interface Judgement {
  readonly trained_calls: number
  readonly calibrated_calls: number
  /** The first and the last call that it was trained or calibrated on. */
  readonly trained_from: string
  readonly trained_until: string
  /** The first and the last call that it was judged on. */
  readonly judged_from: string
  readonly judged_until: string
  readonly judged_calls: number
  readonly judged_completed: number
  readonly judged_sessions: number
  /** Judged calls of which the answer gave the outcome that happened the larger probability. */
  readonly correct_calls: number
  readonly brier: number
  readonly base_brier: number
  readonly brier_skill: number
  readonly brier_skill_low: number
  readonly brier_skill_high: number
  readonly auc: number
  readonly log_loss: number
  readonly base_log_loss: number
  readonly calibration_error: number
  readonly design_effect: number
  readonly calibration: readonly CalibrationBin[]
}

export type Verdict = 'better than the base rate' | 'no better than the base rate' | 'not enough data'

/** What is known about the predictability of a skill. */
export interface SkillJudgement {
  readonly verdict: Verdict
  /** The completed share of the calls before the judged ones; of all calls when none are judged. */
  readonly base_rate: number
  /** Its 95% interval; null with fewer than 8 sessions. */
  readonly base_rate_interval: Interval | null
  readonly lacks: NotEnoughData | null
  readonly judgement: Judgement | null
  readonly model: PredictionModel | null
}

const CALLS_MIN = 200
const RARER_MIN = 50
const SESSIONS_MIN = 8
/** Calls of the rarer outcome that each slice needs: half of what 50 of them leave on average. */
const RARER_OF_SLICE = { train: 20, calibrate: 5, judge: 5 } as const
const SLICE_NAMES = { train: 'train on', calibrate: 'calibrate on', judge: 'judge' } as const
/** The penalties that are tried; the one with the least log loss on the calls to calibrate on is taken. */
const RIDGES = [1, 10, 100] as const

/**
 * Trains a model on the earlier calls of a skill, calibrates it on those after, and judges it on the last
 * ones, which are of other sessions. It needs 200 calls with 50 of the rarer outcome, and enough of these in
 * each slice. It is better than the base rate when the 95% interval of its Brier skill is above 0.
 * @param calls at least one
 * @param seed of the bootstrap over sessions
 */
export function judgeSkill(calls: readonly KnownCall[], seed: number): SkillJudgement {
  const slices = slicesOf(calls)
  const lacks = lackOf(calls, slices)
  if (lacks !== null) {
    const base_rate_interval = intervalOf(sharesOf(calls))
    const base_rate = completedOf(calls) / calls.length
    return { verdict: 'not enough data', base_rate, base_rate_interval, lacks, judgement: null, model: null }
  }
  const model = makeModel(slices)
  const before = [...slices.train, ...slices.calibrate]
  const base_rate = completedOf(before) / before.length
  const judgement = judge(slices, model, base_rate, seed)
  return {
    verdict: judgement.brier_skill_low > 0 ? 'better than the base rate' : 'no better than the base rate',
    base_rate,
    base_rate_interval: intervalOf(sharesOf(before)),
    lacks: null,
    judgement,
    model,
  }
}

/** The probability that a model gives to a call. */
export function modelProbability(model: PredictionModel, known: KnownCall['known']): number {
  return probabilityOf(model.slope * logOdds(model, encode(known, model)) + model.offset)
}

function lackOf(calls: readonly KnownCall[], slices: Slices): NotEnoughData | null {
  if (calls.length < CALLS_MIN) return notEnough('calls', calls.length, CALLS_MIN)
  const rarer = rarerOf(calls)
  if (rarer < RARER_MIN) return notEnough('calls of the rarer outcome', rarer, RARER_MIN)
  for (const name of ['train', 'calibrate', 'judge'] as const) {
    const have = rarerOf(slices[name])
    if (have < RARER_OF_SLICE[name])
      return notEnough(`calls of the rarer outcome to ${SLICE_NAMES[name]}`, have, RARER_OF_SLICE[name])
  }
  const sessions = sharesOf(slices.judge).length
  return sessions < SESSIONS_MIN ? notEnough('sessions to judge', sessions, SESSIONS_MIN) : null
}

function makeModel({ train, calibrate: middle }: Slices): PredictionModel {
  const encoding = encodingOf(train, completedOf(train) / train.length)
  const rows = train.map(({ known }) => encode(known, encoding))
  const middleRows = middle.map(({ known }) => encode(known, encoding))
  const outcomes = middle.map(({ outcome }) => outcome)
  const fitted = RIDGES.map((ridge) => {
    const model = fitLogistic(rows, outcomesOf(train), ridge)
    const odds = middleRows.map((row) => logOdds(model, row))
    const judged = odds.map((value, index) => ({
      probability: bounded(probabilityOf(value)),
      outcome: outcomes[index]!,
    }))
    return { ridge, model, odds, loss: logLoss(judged) }
  })
  const { ridge, model, odds } = fitted.reduce((best, each) => (each.loss < best.loss ? each : best))
  return { ...encoding, ...model, ...calibrate(odds, outcomes), ridge }
}

function judge(slices: Slices, model: PredictionModel, baseRate: number, seed: number): Judgement {
  const { train, calibrate: middle, judge: last } = slices
  const judged = last.map(({ known, session, outcome }): JudgedCall => {
    return { probability: bounded(modelProbability(model, known)), outcome, session, baseRate }
  })
  const base = judged.map(toBase)
  const [low, high] = brierSkillInterval(judged, seed)
  const sessions = sharesOf(last)
  const answered = low > 0 ? judged : base
  return {
    trained_calls: train.length,
    calibrated_calls: middle.length,
    trained_from: instantOf(train[0]!),
    trained_until: instantOf(middle.at(-1)!),
    judged_from: instantOf(last[0]!),
    judged_until: instantOf(last.at(-1)!),
    judged_calls: last.length,
    judged_completed: completedOf(last),
    judged_sessions: sessions.length,
    correct_calls: answered.filter(isCorrect).length,
    brier: brierScore(judged),
    base_brier: brierScore(base),
    brier_skill: brierSkill(judged),
    brier_skill_low: low,
    brier_skill_high: high,
    auc: areaUnderCurve(judged),
    log_loss: logLoss(judged),
    base_log_loss: logLoss(base),
    calibration_error: calibrationError(judged),
    design_effect: designEffectOfShares(sessions, sessions),
    calibration: calibrationBins(judged),
  }
}

/** Whether the outcome that was the more probable one happened. */
function isCorrect({ probability, outcome }: Judged): boolean {
  return probability >= 0.5 === (outcome === 1)
}

/** So that no logarithm of a probability is infinite. */
function bounded(probability: number): number {
  return Math.min(1 - 1e-9, Math.max(1e-9, probability))
}

function instantOf({ invokedAtMs }: KnownCall): string {
  return new Date(invokedAtMs).toISOString()
}

function outcomesOf(calls: readonly KnownCall[]): number[] {
  return calls.map(({ outcome }) => outcome)
}

function completedOf(calls: readonly KnownCall[]): number {
  return calls.reduce((sum, { outcome }) => sum + outcome, 0)
}

function rarerOf(calls: readonly KnownCall[]): number {
  const completed = completedOf(calls)
  return Math.min(completed, calls.length - completed)
}

/** The completed share of each session. */
function sharesOf(calls: readonly KnownCall[]): Share[] {
  return [...Map.groupBy(calls, ({ session }) => session).values()].map((ofSession) => ({
    hits: completedOf(ofSession),
    of: ofSession.length,
  }))
}

/** Wilson's interval of the calls divided by their design effect. */
function intervalOf(sessions: readonly Share[]): Interval | null {
  if (sessions.length < SESSIONS_MIN) return null
  const effect = designEffectOfShares(sessions, sessions)
  const sum = (name: keyof Share) => sessions.reduce((total, share) => total + share[name], 0)
  return wilsonInterval({ hits: sum('hits') / effect, of: sum('of') / effect })
}
