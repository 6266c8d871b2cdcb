/** A logistic model: P(1 | x) = 1 / (1 + exp(-(intercept + Σ coefficient · x))). */
export interface LogisticModel {
  readonly intercept: number
  readonly coefficients: readonly number[]
}

const ITERATIONS_MAX = 100
const HALVINGS_MAX = 30
/** The Newton step ends when no coefficient moves by more. */
const STEP_MIN = 1e-10

/**
 * Ridge logistic regression: maximises the log likelihood minus ridge / 2 · Σ coefficient², with the
 * intercept left out of the penalty, by Newton's method with step halving (Hastie, Tibshirani & Friedman,
 * Elements of Statistical Learning, 4.4.1; le Cessie & van Houwelingen, Applied Statistics 41, 1992).
 * @param rows of equal length
 * @param targets 0 to 1, fractions allowed, not all 0 and not all 1
 * @param ridge above 0, unless the targets are fractions: separable rows have no finite maximum
 */
export function fitLogistic(
  rows: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  ridge: number,
): LogisticModel {
  const width = (rows[0]?.length ?? 0) + 1
  let beta = new Float64Array(width)
  let loss = penalisedLoss(rows, targets, ridge, beta)
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration += 1) {
    const step = newtonStep(rows, targets, ridge, beta)
    let next = beta
    let nextLoss = Number.POSITIVE_INFINITY
    for (
      let halving = 0, scale = 1;
      halving < HALVINGS_MAX && !(nextLoss <= loss);
      halving += 1, scale /= 2
    ) {
      next = beta.map((value, index) => value + scale * step[index]!)
      nextLoss = penalisedLoss(rows, targets, ridge, next)
    }
    if (!(nextLoss <= loss)) break
    const moved = next.reduce((most, value, index) => Math.max(most, Math.abs(value - beta[index]!)), 0)
    beta = next
    loss = nextLoss
    if (moved < STEP_MIN) break
  }
  return { intercept: beta[0]!, coefficients: [...beta.subarray(1)] }
}

/** The log odds that a model gives to a row. */
export function logOdds({ intercept, coefficients }: LogisticModel, row: ArrayLike<number>): number {
  return coefficients.reduce((sum, coefficient, index) => sum + coefficient * row[index]!, intercept)
}

export function probabilityOf(odds: number): number {
  return odds >= 0 ? 1 / (1 + Math.exp(-odds)) : Math.exp(odds) / (1 + Math.exp(odds))
}

/** log(p / (1 - p)) */
export function logit(probability: number): number {
  return Math.log(probability) - Math.log1p(-probability)
}

function oddsAt(row: ArrayLike<number>, beta: Float64Array): number {
  let odds = beta[0]!
  for (let index = 1; index < beta.length; index += 1) odds += beta[index]! * row[index - 1]!
  return odds
}

function penalisedLoss(
  rows: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  ridge: number,
  beta: Float64Array,
): number {
  let loss = 0
  for (let index = 1; index < beta.length; index += 1) loss += (ridge / 2) * beta[index]! ** 2
  for (let each = 0; each < rows.length; each += 1) {
    const odds = oddsAt(rows[each]!, beta)
    // log(1 + e^odds) without overflow.
    loss += Math.max(odds, 0) + Math.log1p(Math.exp(-Math.abs(odds))) - targets[each]! * odds
  }
  return loss
}

function newtonStep(
  rows: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  ridge: number,
  beta: Float64Array,
): Float64Array {
  const width = beta.length
  const gradient = new Float64Array(width)
  const hessian = Array.from({ length: width }, () => new Float64Array(width))
  for (let index = 1; index < width; index += 1) {
    gradient[index] = -ridge * beta[index]!
    hessian[index]![index] = ridge
  }
  const x = new Float64Array(width)
  for (let each = 0; each < rows.length; each += 1) {
    x[0] = 1
    for (let index = 1; index < width; index += 1) x[index] = rows[each]![index - 1]!
    const probability = probabilityOf(oddsAt(rows[each]!, beta))
    const weight = probability * (1 - probability)
    for (let i = 0; i < width; i += 1) {
      gradient[i]! += (targets[each]! - probability) * x[i]!
      const line = hessian[i]!
      for (let j = 0; j <= i; j += 1) line[j]! += weight * x[i]! * x[j]!
    }
  }
  return solvePositive(hessian, gradient)
}

/**
 * Solves A x = b for a symmetric, positive definite A by Cholesky's method (Golub & Van Loan, Matrix
 * Computations, 4.2).
 * @param a its lower half, which is overwritten
 */
function solvePositive(a: readonly Float64Array[], b: Float64Array): Float64Array {
  const size = b.length
  const x = Float64Array.from(b)
  for (let i = 0; i < size; i += 1) {
    const line = a[i]!
    for (let j = 0; j <= i; j += 1) {
      let rest = line[j]!
      for (let k = 0; k < j; k += 1) rest -= line[k]! * a[j]![k]!
      line[j] = i === j ? Math.sqrt(Math.max(rest, Number.EPSILON)) : rest / a[j]![j]!
    }
    for (let k = 0; k < i; k += 1) x[i]! -= line[k]! * x[k]!
    x[i]! /= line[i]!
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) x[i]! -= a[k]![i]! * x[k]!
    x[i]! /= a[i]![i]!
  }
  return x
}
