import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { quantileSorted } from 'simple-statistics'
import type { Interval } from '../rates/intervals.ts'
import { mannWhitney } from '../rates/mann-whitney.ts'

/** A probability that was given before a call, and the outcome of the call. */
export interface Judged {
  readonly probability: number
  /** 1 when the call completed, else 0. */
  readonly outcome: number
}

/** The same with the call's session, and with the probability that it must beat. */
export interface JudgedCall extends Judged {
  readonly session: number
  readonly baseRate: number
}

/** Calls with nearly the same probability, and how many of them completed. */
export interface CalibrationBin {
  readonly from: number
  readonly to: number
  readonly calls: number
  readonly completed: number
  readonly mean_probability: number
}

const SAMPLES = 1_000
const BINS_MAX = 10
const BIN_CALLS_MIN = 20
const EQUAL_BINS = 10

/** The mean squared difference (Brier, Monthly Weather Review 78, 1950): 0 is perfect. */
export function brierScore(judged: readonly Judged[]): number {
  return meanOf(judged, ({ probability, outcome }) => (probability - outcome) ** 2)
}

/** The mean of -log P(what happened). Probabilities are between 0 and 1, without these. */
export function logLoss(judged: readonly Judged[]): number {
  return meanOf(judged, ({ probability, outcome }) =>
    outcome === 1 ? -Math.log(probability) : -Math.log1p(-probability),
  )
}

/** The share of pairs of a completed call and another one in which the first has the higher probability. */
export function areaUnderCurve(judged: readonly Judged[]): number {
  const of = (wanted: number) =>
    judged.filter(({ outcome }) => outcome === wanted).map(({ probability }) => probability)
  const [completed, others] = [of(1), of(0)]
  return mannWhitney(completed, others).u / (completed.length * others.length)
}

/**
 * The expected calibration error: the mean difference between probabilities and outcomes over 10 bins of
 * equal width, each weighted by its calls (Naeini, Cooper & Hauskrecht, AAAI 2015).
 */
export function calibrationError(judged: readonly Judged[]): number {
  const sums = new Float64Array(EQUAL_BINS)
  for (const { probability, outcome } of judged)
    sums[Math.min(EQUAL_BINS - 1, Math.floor(probability * EQUAL_BINS))]! += probability - outcome
  return sums.reduce((sum, difference) => sum + Math.abs(difference), 0) / judged.length
}

/** 1 - Brier score / Brier score of the base rate: above 0 is better than the base rate. */
export function brierSkill(judged: readonly JudgedCall[]): number {
  return 1 - brierScore(judged) / brierScore(judged.map(toBase))
}

/** The call with the base rate as its probability. */
export function toBase({ baseRate, outcome }: JudgedCall): Judged {
  return { probability: baseRate, outcome }
}

/**
 * The 95% interval of the Brier skill by a bootstrap over sessions, as calls of one session are alike
 * (Efron & Tibshirani, An Introduction to the Bootstrap, 13.3: percentiles).
 * @param judged with a base rate above 0 and below 1
 */
export function brierSkillInterval(judged: readonly JudgedCall[], seed: number): Interval {
  const sessions = [...Map.groupBy(judged, ({ session }) => session).values()].map((calls) => ({
    model: calls.reduce((sum, call) => sum + (call.probability - call.outcome) ** 2, 0),
    base: calls.reduce((sum, call) => sum + (call.baseRate - call.outcome) ** 2, 0),
  }))
  const generator = xoroshiro128plus(seed)
  const skills = Float64Array.from({ length: SAMPLES }, () => {
    let [model, base] = [0, 0]
    for (let draw = 0; draw < sessions.length; draw += 1) {
      const session = sessions[uniformInt(generator, 0, sessions.length - 1)]!
      model += session.model
      base += session.base
    }
    return 1 - model / base
  }).sort()
  return [quantileSorted([...skills], 0.025), quantileSorted([...skills], 0.975)]
}

/**
 * The calibration table: calls by probability in up to 10 bins of about as many calls, at least 20. Calls
 * with the same probability are in one bin.
 */
export function calibrationBins(judged: readonly Judged[]): CalibrationBin[] {
  const sorted = judged.toSorted((a, b) => a.probability - b.probability)
  const count = Math.max(1, Math.min(BINS_MAX, Math.floor(sorted.length / BIN_CALLS_MIN)))
  const bins: Judged[][] = [[]]
  sorted.forEach((call, index) => {
    const bin = bins.at(-1)!
    const isFull = bin.length > 0 && index >= (bins.length * sorted.length) / count
    if (isFull && call.probability > bin.at(-1)!.probability) bins.push([call])
    else bin.push(call)
  })
  return bins.map(toBin)
}

function toBin(calls: readonly Judged[]): CalibrationBin {
  return {
    from: calls[0]!.probability,
    to: calls.at(-1)!.probability,
    calls: calls.length,
    completed: calls.reduce((sum, { outcome }) => sum + outcome, 0),
    mean_probability: meanOf(calls, ({ probability }) => probability),
  }
}

function meanOf<Each>(all: readonly Each[], value: (each: Each) => number): number {
  return all.reduce((sum, each) => sum + value(each), 0) / all.length
}
