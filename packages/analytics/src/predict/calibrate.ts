import { fitLogistic } from './logistic.ts'

/** Log odds of a model are stretched and moved: slope · odds + offset. */
export interface Calibration {
  readonly slope: number
  readonly offset: number
}

/**
 * Platt's scaling (Advances in Large Margin Classifiers, MIT Press 2000, 61-74) of log odds by calls that
 * the model was not trained on. Its targets (N₁ + 1) / (N₁ + 2) and 1 / (N₀ + 2) keep it finite where the
 * model separates the outcomes. A model that ranks these calls the wrong way round gets the slope 0.
 * @param outcomes 1 where the call completed; both outcomes occur
 */
export function calibrate(odds: readonly number[], outcomes: readonly number[]): Calibration {
  const completed = outcomes.reduce((sum, outcome) => sum + outcome, 0)
  const others = outcomes.length - completed
  const [high, low] = [(completed + 1) / (completed + 2), 1 / (others + 2)]
  const targets = outcomes.map((outcome) => (outcome === 1 ? high : low))
  const { intercept, coefficients } = fitLogistic(
    odds.map((value) => [value]),
    targets,
    0,
  )
  const slope = coefficients[0]!
  if (slope > 0) return { slope, offset: intercept }
  return {
    slope: 0,
    offset: fitLogistic(
      odds.map(() => []),
      targets,
      0,
    ).intercept,
  }
}
