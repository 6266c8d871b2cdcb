import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calibrate } from '../../src/predict/calibrate.ts'
import { fitLogistic, logOdds, probabilityOf } from '../../src/predict/logistic.ts'
import {
  areaUnderCurve,
  brierScore,
  calibrationBins,
  calibrationError,
  logLoss,
} from '../../src/predict/scores.ts'
import { TrailingCalls, trailingSince } from '../../src/predict/trailing-calls.ts'
import { expectDigits } from '../oracles.ts'

const ROWS = [
  ...[
    [0.5, 1],
    [1.5, -0.5],
    [-1, 0.2],
    [2, 1.1],
    [-0.7, -1.3],
  ],
  ...[
    [0.1, 0.4],
    [-1.8, 0.9],
    [1.2, -1],
    [0.3, -0.2],
    [-0.4, 1.7],
  ],
]
const OUTCOMES = [1, 1, 0, 1, 0, 0, 0, 1, 1, 0]

// scikit-learn 1: LogisticRegression(C=1/ridge, solver='newton-cholesky', tol=1e-12).
test.each([
  [1, -0.20241646151238632, 1.3957119508670748, -0.16129905139139145],
  [10, -0.0485417337933215, 0.35441960806681444, -0.053112292688408],
])('a ridge of %d gives the coefficients of scikit-learn', (ridge, intercept, first, second) => {
  const model = fitLogistic(ROWS, OUTCOMES, ridge)
  expectDigits(model.intercept, intercept)
  expectDigits(model.coefficients[0]!, first)
  expectDigits(model.coefficients[1]!, second)
})

test('rows that separate the outcomes have finite coefficients', () => {
  const rows = Array.from({ length: 40 }, (_, index) => [index - 19.5])
  const { intercept, coefficients } = fitLogistic(
    rows,
    rows.map(([x]) => Number(x! > 0)),
    1,
  )
  expect(Math.abs(intercept)).toBeLessThan(1e-6)
  expect(coefficients[0]).toBeGreaterThan(0.1)
  expect(coefficients[0]).toBeLessThan(10)
})

test('at the maximum no small change of a coefficient makes the penalised likelihood larger', () => {
  const row = fc.tuple(
    fc.double({ min: -3, max: 3, noNaN: true }),
    fc.double({ min: -3, max: 3, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(row, fc.boolean()), { minLength: 4, maxLength: 60 }), (drawn) => {
      const rows = [[0, 0], [0, 0], ...drawn.map(([each]) => each)]
      const targets = [0, 1, ...drawn.map(([, completed]) => Number(completed))]
      const model = fitLogistic(rows, targets, 2)
      const gradient = [0, 1].map((index) =>
        rows.reduce(
          (sum, each, at) => sum + (targets[at]! - probabilityOf(logOdds(model, each))) * each[index]!,
          -2 * model.coefficients[index]!,
        ),
      )
      for (const each of gradient) expect(Math.abs(each)).toBeLessThan(1e-6)
    }),
  )
})

test("Platt's scaling has the values of scikit-learn", () => {
  const odds = [-2, -1.2, -0.3, 0.1, 0.4, 0.9, 1.4, 2.2, 0.7, -0.6]
  const { slope, offset } = calibrate(odds, [0, 0, 1, 0, 1, 0, 1, 1, 1, 0])
  // _sigmoid_calibration of scikit-learn 1, with its signs turned; it stops at a gradient of 1e-5.
  expectDigits(slope, 0.8846618635951458, 1e-4)
  expectDigits(offset, -0.15179532041791494, 1e-4)
})

test('log odds that rank calls the wrong way round are ignored', () => {
  const { slope, offset } = calibrate([-2, -1, 1, 2], [1, 1, 0, 1])
  expect(slope).toBe(0)
  // The mean of the targets: three of 4/5 and one of 1/3.
  expectDigits(probabilityOf(offset), (3 * 0.8 + 1 / 3) / 4)
})

const PROBABILITIES = [0.1, 0.4, 0.35, 0.8, 0.9, 0.95, 0.2, 0.65]
const JUDGED = [0, 0, 1, 1, 1, 1, 0, 0].map((outcome, index) => ({
  outcome,
  probability: PROBABILITIES[index]!,
}))

test('scores have the values of scikit-learn', () => {
  expectDigits(brierScore(JUDGED), 0.1384375)
  expectDigits(areaUnderCurve(JUDGED), 0.875)
  expectDigits(calibrationError(JUDGED), 0.29375)
  expectDigits(logLoss(JUDGED), 0.41484641263687116)
})

test('every call is in one bin of the calibration table, and equal probabilities in the same', () => {
  const judged = fc.record({
    probability: fc.constantFrom(0.1, 0.2, 0.5, 0.9),
    outcome: fc.constantFrom(0, 1),
  })
  fc.assert(
    fc.property(fc.array(judged, { minLength: 1, maxLength: 300 }), (calls) => {
      const bins = calibrationBins(calls)
      expect(bins.reduce((sum, bin) => sum + bin.calls, 0)).toBe(calls.length)
      for (const [index, bin] of bins.slice(1).entries()) expect(bin.from).toBeGreaterThan(bins[index]!.to)
    }),
  )
})

test('trailing counts equal a count of the calls that began in the window and had ended', () => {
  const call = fc.record({
    invokedAtMs: fc.integer({ min: 0, max: 400_000_000 }),
    lasts: fc.integer({ min: 0, max: 50_000_000 }),
    completed: fc.boolean(),
  })
  const instants = fc.array(fc.integer({ min: 0, max: 500_000_000 }), { maxLength: 20 })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), instants, (drawn, unordered) => {
      const calls = drawn.map(({ lasts, ...each }) => ({ ...each, endedAtMs: each.invokedAtMs + lasts }))
      const trailing = new TrailingCalls(calls, 86_400_000)
      for (const atMs of unordered.toSorted((a, b) => a - b)) {
        const counted = calls.filter(
          ({ invokedAtMs, endedAtMs }) =>
            invokedAtMs >= trailingSince(atMs, 86_400_000) && endedAtMs <= atMs,
        )
        expect(trailing.at(atMs)).toEqual({
          calls: counted.length,
          completed: counted.filter(({ completed }) => completed).length,
        })
      }
    }),
  )
})
