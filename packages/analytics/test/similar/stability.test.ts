import { expect, test } from 'vitest'
import { adjustedRandIndex } from '../../src/similar/stability.ts'

// The examples in the documentation of scikit-learn, `sklearn.metrics.adjusted_rand_score`.
test.each([
  [[0, 0, 1, 1], [0, 0, 1, 1], 1],
  [[0, 0, 1, 1], [1, 1, 0, 0], 1],
  [[0, 0, 1, 2], [0, 0, 1, 1], 0.571428571428571],
  [[0, 0, 1, 1], [0, 0, 1, 2], 0.571428571428571],
  [[0, 0, 0, 0], [0, 1, 2, 3], 0],
  [[0, 0, 1, 1], [0, 1, 0, 1], -0.5],
])('the adjusted Rand index of %j and %j is %d', (a, b, value) => {
  expect(adjustedRandIndex(a, b)).toBeCloseTo(value, 12)
})
