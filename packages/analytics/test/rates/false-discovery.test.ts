import { expect, test } from 'vitest'
import { qValues, qValuesOfDependentTests } from '../../src/rates/false-discovery.ts'

/** The example of Benjamini and Hochberg (1995), section 3.2: they reject the first four at 0.05. */
const PUBLISHED = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
  0.759, 1,
]

test('of the published example the first four tests are significant', () => {
  expect(qValues(PUBLISHED).filter((q) => q <= 0.05)).toHaveLength(4)
})

test('q-values are those of statsmodels, in the order of the input', () => {
  const p = [0.216, 0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212]
  const q = [0.216, 0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.1057142857, 0.216, 0.216]
  for (const [index, value] of qValues(p).entries()) expect(value).toBeCloseTo(q[index]!, 9)
})

test('without tests there are no q-values', () => {
  expect(qValues([])).toEqual([])
})

/** Values of statsmodels 0.15: `multipletests(…, method='fdr_by')`. */
test('q-values of tests with any dependence are those of statsmodels', () => {
  const q = [0.008333333333, 0.03333333333, 0.08541666667, 0.08541666667]
  const values = qValuesOfDependentTests([0.001, 0.008, 0.039, 0.041])
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(q[index]!, 9)
  expect(qValuesOfDependentTests([])).toEqual([])
})

test('equal p-values have equal q-values, which are never below them', () => {
  expect(qValues([0.5, 1e-12, 0.5, 1])).toEqual([2 / 3, 4e-12, 2 / 3, 1])
})
